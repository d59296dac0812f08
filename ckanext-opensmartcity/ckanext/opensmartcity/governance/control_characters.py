"""Control characters in texts of CKAN's own fields: rejected when written, removed when stored records are read.

XML 1.0 cannot contain most of them, not even escaped: one in a title would break the catalogue in RDF/XML and every
Atom feed that lists the record. Answers of the standard are checked by their own parser.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import FlattenDataDict, FlattenErrorDict

from ..standard.answers import CONTROL_CHARACTERS, has_controls, without_controls


def reject_controls(data: FlattenDataDict, errors: FlattenErrorDict, answers: Collection[str]) -> None:
    """Report each text of a flattened dataset with control characters, except the `answers`, at its own key."""
    for key, value in list(data.items()):
        if key[0] in answers or not isinstance(value, str) or value.isprintable() or not has_controls(value):
            continue
        message = tk._(CONTROL_CHARACTERS)
        if key[0] == "extras":
            message = f"{data.get((*key[:2], 'key'))}: {message}"
        errors.setdefault(key, []).append(message)


def remove_controls(value: Any) -> Any:
    """Return a value of a dataset without control characters; dicts and lists are changed in place."""
    if isinstance(value, str):
        return value if value.isprintable() else without_controls(value)
    if isinstance(value, dict):
        value.update(
            {name: remove_controls(entry) for name, entry in value.items() if isinstance(entry, (str, dict, list))}
        )
    elif isinstance(value, list):
        value[:] = [remove_controls(entry) for entry in value]
    return value
