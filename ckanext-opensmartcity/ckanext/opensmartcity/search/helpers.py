"""Template helpers of search pages: level and facts of each row, facets of the standard, names of algorithm records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import ckan.plugins.toolkit as tk

from .. import config
from ..governance.governance import ALGORITHM_TYPE, request_language
from ..standard import Level, assess, language
from ..standard.i18n import N_
from ..standard.model import DATASET
from . import fields


def opensmartcity_row_level(package: dict[str, Any]) -> Level | None:
    """Return the level of a search result as of today without a query.

    None for a partial or ungoverned record, and if lists show no levels.
    """
    if not config.is_shown(config.LIST_BADGES, "level"):
        return None
    governed = str(package.get("type") or DATASET) in config.standard().types
    return assess(config.standard(), package, config.settings()).level if governed and "resources" in package else None


def opensmartcity_row_facts(package: dict[str, Any]) -> list[dict[str, str]]:
    """Return label and display text of the answers by which the list of a record type can be filtered.

    Nothing if lists do not show them.
    """
    if not config.is_shown(config.LIST_BADGES, "facts"):
        return []
    standard, reader = config.standard(), language(request_language())
    return [
        {
            "label": fields.facet_title(standard, name, reader),
            "display": fields.facet_label(standard, name, code, reader),
        }
        for name in fields.list_facets(standard, str(package.get("type")))
        if isinstance(code := package.get(name.removeprefix(fields.PREFIX)), str) and code
    ]


def opensmartcity_is_facet(name: str) -> bool:
    """Tell whether a facet belongs to the standard."""
    return fields.is_facet(config.standard(), name)


def opensmartcity_is_unfolded(items: Iterable[dict[str, Any]]) -> bool:
    """Tell whether a facet is shown expanded: if it is in use, and always in the algorithm register, which has few."""
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
# CKAN's templates translate these type names; they are listed here to be extracted into our catalogue.
_OF_CKAN = (N_("Algorithm"), N_("Algorithms"))


@tk.chained_helper
def humanize_entity_type(
    next_helper: Callable[[str, str, str], str | None], entity_type: str, object_type: str, purpose: str
) -> str | None:
    """Return our names for algorithm records, such as "Algorithm register"; leave other types to CKAN."""
    if (entity_type, object_type) == ("package", ALGORITHM_TYPE) and purpose in _WORDS:
        return str(tk._(_WORDS[purpose]))
    return next_helper(entity_type, object_type, purpose)
