"""What of a stored dataset is governed, in the shape in which events say it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..standard import DECLARED_FIELD, Field, RecordType

STATUS = ("private", "state", "owner_org", "license_id", "collaborators")
_EMPTY: tuple[Any, ...] = ("", [], {}, "[]", "{}")
Answers = Mapping[str, Any]


def governed_answers(kind: RecordType, stored: Mapping[str, Any], status: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers of a dataset without the empty ones: lists as lists, all else as the text that is stored."""
    answers = {name: _answer(field, stored.get(name)) for name, field in kind.fields.items()}
    answers[DECLARED_FIELD] = _declared(stored.get(DECLARED_FIELD))
    answers |= {name: status.get(name) for name in STATUS}
    return {name: value for name, value in answers.items() if value is not None and value not in _EMPTY}


def _answer(field: Field, text: Any) -> Any:
    if not field.type.is_list or not isinstance(text, str):
        return text
    entries = _loaded(text)
    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        return text
    return sorted(entries) if field.type.is_set else entries


def _declared(text: Any) -> Any:
    entries = _loaded(text) if isinstance(text, str) else text
    return entries if isinstance(entries, dict) and all(map(_is_declaration, entries.values())) else text


def _is_declaration(entry: Any) -> bool:
    return isinstance(entry, dict) and all(isinstance(value, str) for value in entry.values())


def _loaded(text: str) -> Any:
    """Read stored JSON; what somebody stored by hand before may be none, and then it is a text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
