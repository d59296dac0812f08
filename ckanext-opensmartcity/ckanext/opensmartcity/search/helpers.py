"""What lists of datasets ask: the level of each row, and which filters are ours."""
# MERGED What CKAN's own templates call an algorithm record, where they would build an English word from its type.

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import ckan.plugins.toolkit as tk

from .. import config
from ..governance.governance import ALGORITHM_TYPE, request_language
from ..standard import Level, assess, language
from ..standard.i18n import N_
from . import fields


def opensmartcity_row_level(package: dict[str, Any]) -> Level | None:
    """Return today's level of a record in a list, worked out from the row itself; None for half a row."""
    governed = str(package.get("type") or "dataset") in config.standard().records
    return assess(config.standard(), package, config.settings()).level if governed and "resources" in package else None


def opensmartcity_row_facts(package: dict[str, Any]) -> list[dict[str, str]]:
    """Return what a reader of the register looks for first in a system: whether it runs, what it decides, its risk."""
    if package.get("type") != ALGORITHM_TYPE:
        return []
    standard, reader = config.standard(), language(request_language())
    return [
        {
            "label": fields.facet_title(standard, name, reader),
            "display": fields.facet_label(standard, name, code, reader),
        }
        for name in fields.REGISTER
        if isinstance(code := package.get(name.removeprefix(fields.PREFIX)), str) and code
    ]


def opensmartcity_is_facet(name: str) -> bool:
    """Tell whether a filter is one of the standard."""
    return fields.is_facet(config.standard(), name)


def opensmartcity_is_unfolded(items: Iterable[dict[str, Any]]) -> bool:
    """Tell whether a filter is shown open: where it is in use, and in the algorithm register, which has few."""
    return getattr(tk.g, "dataset_type", None) == ALGORITHM_TYPE or any(item["active"] for item in items)


_WORDS: Mapping[str, str] = {
    "add link": N_("Register an algorithm"),
    "breadcrumb": N_("Algorithm register"),
    "content tab": N_("Algorithm"),
    "create label": N_("Register an algorithm"),
    "create title": N_("Register an algorithm"),
    "delete confirmation": N_("Are you sure you want to delete this algorithm record?"),
    "edit label": N_("Edit algorithm"),
    "facet label": N_("Algorithms"),
    "form label": N_("Algorithm form"),
    "main nav": N_("Algorithm register"),
    "my label": N_("My algorithms"),
    "no any objects": N_("No algorithm is registered yet."),
    "no description": N_("There is no description of this algorithm."),
    "page title": N_("Algorithm register"),
    "save label": N_("Save algorithm"),
    "search placeholder": N_("Search algorithms…"),
    "search_placeholder": N_("Search algorithms…"),
    "update label": N_("Update algorithm"),
    "view label": N_("View algorithm"),
}
# CKAN's templates say these of every type; a catalogue that has them translates CKAN's pages too.
_OF_CKAN = (N_("Algorithm"), N_("Algorithms"))


@tk.chained_helper
def humanize_entity_type(
    next_helper: Callable[[str, str, str], str | None], entity_type: str, object_type: str, purpose: str
) -> str | None:
    """Say "Algorithm register" where CKAN would say "Algorithms"; leave all other types to CKAN."""
    if (entity_type, object_type) == ("package", ALGORITHM_TYPE) and purpose in _WORDS:
        return str(tk._(_WORDS[purpose]))
    return next_helper(entity_type, object_type, purpose)
