"""The actions of the API, one module for each thing that they are about."""

from __future__ import annotations

from ckan.types import Action

from . import governance, stats

_MODULES = (governance, stats)


def get_actions() -> dict[str, Action]:
    """Return the actions by name: every function of the modules that begins with `governance_`."""
    return {
        name: getattr(module, name) for module in _MODULES for name in dir(module) if name.startswith("governance_")
    }
