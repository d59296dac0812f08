"""The actions of the API, one module for each thing that they are about."""

from __future__ import annotations

from ckan.types import Action

from . import chained, defaults, governance, history, links, log, peers, stats

_MODULES = (governance, defaults, history, links, log, peers, stats)


def get_actions() -> dict[str, Action]:
    """Return the actions by name: each function of the modules that begins with `governance_`, and the chained ones."""
    named = {
        name: getattr(module, name) for module in _MODULES for name in dir(module) if name.startswith("governance_")
    }
    return named | chained.get_actions()
