"""Our fields as a register's lines fill them: which are texts of several parts, and what a record holds for each."""
# MERGED Texts of several fields under one question of ours, each under its heading, and taken apart again.

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from ...standard import Standard, load_standard, shipped_folder
from ...standard.answers import MAX_TEXT, InvalidAnswer, parse_answer, plain_text
from ...standard.model import AnswerType, Field
from .conversions import Value
from .mapping import CKAN_FIELDS, Line

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
    """Return the value as CKAN would store it; InvalidAnswer where our standard does not accept it."""
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
    except InvalidAnswer:
        return raw.strip() if isinstance(raw, str) else None


def _tags(record: Mapping[str, Any]) -> tuple[str, ...] | None:
    tags = record.get("tags")
    if isinstance(tags, list):
        names = [tag.get("name") if isinstance(tag, dict) else tag for tag in tags]
    else:
        text = record.get("tag_string")
        names = [word.strip() for word in text.split(",")] if isinstance(text, str) else []
    return tuple(sorted({name for name in names if isinstance(name, str) and name})) or None


def join(pieces: Iterable[tuple[Line, str]], *, is_long: bool) -> tuple[str, tuple[Line, ...]]:
    """Return the text, and the lines for which there was no room in it."""
    text, left_out = "", []
    for line, piece in pieces:
        shown = f"{line.part}: {piece}" if line.part else piece
        longer = (text + _between(is_long) + shown) if text else shown
        if len(longer) > MAX_TEXT:
            left_out.append(line)
        else:
            text = longer
    return text, tuple(left_out)


def split(text: str, lines: Sequence[Line], *, is_long: bool) -> Mapping[str | None, str]:
    """Return the text of each heading, and under None what stands before the first of them."""
    headings = [line.part for line in lines if line.part]
    if not headings:
        return {None: text} if text else {}
    between = re.escape(_between(is_long))
    known = "|".join(re.escape(heading) for heading in sorted(headings, key=len, reverse=True))
    pieces = re.split(f"(?:^|{between})({known}): ", text)
    found: dict[str | None, str] = {None: pieces[0]} if pieces[0] else {}
    for heading, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        # A heading that stands there twice keeps both its texts.
        found[heading] = f"{found[heading]}{_between(is_long)}{piece}" if heading in found else piece
    return found


def _between(is_long: bool) -> str:
    return "\n\n" if is_long else "; "
