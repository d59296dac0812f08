"""What CKAN's own templates call an algorithm record, where they would build an English word from its type."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import ckan.plugins.toolkit as tk

from ..logic.governance import SYSTEM_TYPE
from ..standard.messages import N_

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
    if (entity_type, object_type) == ("package", SYSTEM_TYPE) and purpose in _WORDS:
        return str(tk._(_WORDS[purpose]))
    return next_helper(entity_type, object_type, purpose)
