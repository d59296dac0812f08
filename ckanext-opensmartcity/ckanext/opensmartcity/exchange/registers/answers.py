"""Our fields as a register's lines fill them: which are texts of several parts, and what a record holds for each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ...standard import Standard, load_standard, shipped_folder
from ...standard.answers import Refused, parse_answer, plain_text
from ...standard.model import AnswerType, Field
from .conversions import Value
from .model import CKAN_FIELDS

RECORD_TYPE = "algorithm"


@cache
def shipped_standard() -> Standard:
    """Return the standard that comes with the product."""
    return load_standard(shipped_folder())


def field_of(standard: Standard, ours: str) -> Field | None:
    """Return the question behind a field of ours; None for CKAN's own fields and what the standard does not have."""
    return standard.records[RECORD_TYPE].fields.get(ours)


def is_known(standard: Standard, ours: str) -> bool:
    """Tell whether a record of ours can have the field."""
    return ours in CKAN_FIELDS or field_of(standard, ours) is not None


def is_long(standard: Standard, ours: str) -> bool:
    """Tell whether the field holds a text of several paragraphs."""
    field = field_of(standard, ours)
    return ours == "notes" if field is None else field.type is AnswerType.LONG_TEXT


def is_list(standard: Standard, ours: str) -> bool:
    """Tell whether the field holds a list."""
    field = field_of(standard, ours)
    return ours == "tags" if field is None else field.type.is_list


def checked(standard: Standard, ours: str, value: Value) -> Value | None:
    """Return the value as CKAN would store it; Refused where our standard does not accept it."""
    field = field_of(standard, ours)
    if field is not None:
        return parse_answer(field, value, standard)
    return value if isinstance(value, tuple) else plain_text(value)


def current(standard: Standard, ours: str, record: Mapping[str, Any]) -> Value | None:
    """Return what a record of ours answers, in one form whatever its storage; None where it answers nothing."""
    raw = record.get(ours)
    if ours == "tags":
        return _tags(record)
    try:
        return checked(standard, ours, raw or "") or None
    except Refused:
        return raw.strip() if isinstance(raw, str) else None


def _tags(record: Mapping[str, Any]) -> tuple[str, ...] | None:
    tags = record.get("tags")
    if isinstance(tags, list):
        names = [tag.get("name") if isinstance(tag, dict) else tag for tag in tags]
    else:
        text = record.get("tag_string")
        names = [word.strip() for word in text.split(",")] if isinstance(text, str) else []
    return tuple(sorted({name for name in names if isinstance(name, str) and name})) or None
