"""The actions of the API, one module for each thing that they are about."""

from __future__ import annotations

from functools import wraps
from typing import Any

from ckan.types import Action, Context

from ...audit import actions as audit_actions
from ...comparison import actions as comparison_actions
from ...governance import actions as governance_actions
from ...governance import schema as governance_schema
from ...ledger.action import chained, history
from ...ledger.action import log as action_log
from ...links import actions as links_actions
from ...participation import actions

_MODULES = (
    governance_actions,
    governance_actions,
    history,
    action_log,
    audit_actions,
    audit_actions,
    links_actions,
    comparison_actions,
    actions,
    actions,
)


def get_actions() -> dict[str, Action]:
    """Return the actions by name: each function of the modules that begins with `governance_`, and the chained ones."""
    named = {
        name: getattr(module, name) for module in _MODULES for name in dir(module) if name.startswith("governance_")
    }
    checked = {name: _without_empty_lists(action) for name, action in named.items() if hasattr(governance_schema, name)}
    return named | checked | chained.get_actions()


def _without_empty_lists(action: Action) -> Action:
    """Return the action for which an empty list is as good as nothing: CKAN lets one past every validator."""

    @wraps(action)
    def called(context: Context, data_dict: dict[str, Any]) -> Any:
        return action(context, {name: value for name, value in data_dict.items() if value != []})

    return called
