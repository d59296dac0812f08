"""What lists of datasets ask: the level of each row, and which filters are ours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk
from flask import current_app

from .. import config
from ..logic import facets
from ..logic.governance import SYSTEM_TYPE, request_language
from ..standard import Level, assess, language


def opensmartcity_row_level(package: dict[str, Any]) -> Level | None:
    """Return today's level of a record in a list, worked out from the row itself; None for half a row."""
    governed = str(package.get("type") or "dataset") in config.standard().records
    return assess(config.standard(), package, config.settings()).level if governed and "resources" in package else None


def opensmartcity_row_facts(package: dict[str, Any]) -> list[dict[str, str]]:
    """Return what a reader of the register looks for first in a system: whether it runs, what it decides, its risk."""
    if package.get("type") != SYSTEM_TYPE:
        return []
    standard, reader = config.standard(), language(request_language())
    return [
        {
            "label": facets.facet_title(standard, name, reader),
            "display": facets.facet_label(standard, name, code, reader),
        }
        for name in facets.REGISTER
        if isinstance(code := package.get(name.removeprefix(facets.PREFIX)), str) and code
    ]


def opensmartcity_is_facet(name: str) -> bool:
    """Tell whether a filter is one of the standard."""
    return facets.is_facet(config.standard(), name)


def opensmartcity_is_unfolded(items: Iterable[dict[str, Any]]) -> bool:
    """Tell whether a filter is shown open: where it is in use, and in the algorithm register, which has few."""
    return getattr(tk.g, "dataset_type", None) == SYSTEM_TYPE or any(item["active"] for item in items)


def opensmartcity_has_register() -> bool:
    """Tell whether this portal has algorithm records: an administrator may load other schemas."""
    return "algorithm.search" in current_app.view_functions
