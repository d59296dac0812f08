"""Addresses of GET routes with values in place of their parameters, for tests that open each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def get_rules(url_map: Any, wanted: Callable[[Any], bool] = lambda rule: True) -> list[Any]:
    """Return the rules that answer GET and are wanted, ordered by path."""
    rules = (rule for rule in url_map.iter_rules() if "GET" in rule.methods and wanted(rule))
    return sorted(rules, key=lambda rule: (rule.rule, rule.endpoint))


def of_blueprints(names: set[str]) -> Callable[[Any], bool]:
    """Return a test of whether a rule belongs to one of these blueprints."""
    return lambda rule: rule.endpoint.partition(".")[0] in names


def address(rule: Any, values: Mapping[str, Any], default: Any = None) -> str | None:
    """Return the path of a rule with a value for each parameter, or None for one that has neither value nor default.

    A parameter that takes one of several words gets the first of these, if the value is none of them.
    """
    filled = dict(rule.defaults or {})
    for name in rule.arguments - filled.keys():
        words = getattr(rule._converters[name], "items", None)
        value = values.get(name, default)
        filled[name] = min(words) if words and value not in words else value
    if None in filled.values():
        return None
    built: tuple[str, str] | None = rule.build(filled, append_unknown=False)
    return built[1] if built else None
