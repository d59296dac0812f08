"""Names of records: the minimum by which CKAN accepts a record and an import knows it again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..standard import Message
from ..standard.answers import has_controls, shorten
from ..standard.i18n import N_
from .registers.conversions import slugify

_NAME = re.compile(r"[a-z0-9_-]{2,100}")
# CKAN uses them in the paths of its own pages.
_RESERVED = frozenset(("new", "edit", "search"))

NO_NAME = N_("A record needs a name or a title by which it is known again.")
_INVALID = N_("“{value}” is not a name: use 2 to 100 small letters, digits, - and _.")


def name_of(row: Mapping[str, Any]) -> str:
    """Return the name of a record, made from its title where it has none; an empty text if neither can be used."""
    name, title = row.get("name"), row.get("title")
    if isinstance(name, str) and name.strip():
        return "" if has_controls(name) else name.strip()
    return slugify(title) if isinstance(title, str) else ""


def check_name(row: Mapping[str, Any]) -> Message | None:
    """Return the reason for which CKAN would reject the name of a record, None if it would not."""
    name = row.get("name")
    if isinstance(name, str) and name.strip():
        text = name.strip()
        valid = _NAME.fullmatch(text) is not None and text not in _RESERVED
        return None if valid else Message(_INVALID, {"value": shorten(text)})
    if name_of(row) or (isinstance(row.get("id"), str) and row["id"].strip()):
        return None
    return Message(NO_NAME)
