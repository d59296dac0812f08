"""The actions of the API, one module for each thing that they are about."""

from __future__ import annotations

from ckan.types import Action

from . import chained, defaults, governance, history, log, questions, stats, stories

_MODULES = (governance, defaults, history, log, questions, stats, stories)


def get_actions() -> dict[str, Action]:
    """Return the actions by name: each function of the modules that begins with `governance_`, and the chained ones."""
    named = {
        name: getattr(module, name) for module in _MODULES for name in dir(module) if name.startswith("governance_")
    }
    return named | chained.get_actions()
