"""Our fields as mapping targets: their types and current answers, and texts joined of several register fields.

Several fields of a register can fill one text of ours, each in a section with a heading. `join_sections` builds such a
text, `split_sections` takes it apart again.
"""

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
    """Return the standard in `schemas/`, without a city's overlay."""
    return load_standard(shipped_folder())


def field_of(standard: Standard, ours: str) -> Field | None:
    """Return the field of the standard, or None for CKAN's own and unknown fields."""
    return standard.records[RECORD_TYPE].fields.get(ours)


def is_known(standard: Standard, ours: str) -> bool:
    """Tell whether our records can have the field."""
    return ours in CKAN_FIELDS or field_of(standard, ours) is not None


def is_long(standard: Standard, ours: str) -> bool:
    """Tell whether the field holds a text of several paragraphs."""
    field = field_of(standard, ours)
    return ours == "notes" if field is None else field.type is AnswerType.LONG_TEXT


def is_list(standard: Standard, ours: str) -> bool:
    """Tell whether the field holds a list."""
    field = field_of(standard, ours)
    return ours == "tags" if field is None else field.type.is_list


def validate_value(standard: Standard, ours: str, value: Value) -> Value | None:
    """Return the value in the form that CKAN stores. Raise InvalidAnswer if the standard rejects it."""
    field = field_of(standard, ours)
    if field is not None:
        return parse_answer(field, value, standard)
    return value if isinstance(value, tuple) else plain_text(value)


def current_answer(standard: Standard, ours: str, record: Mapping[str, Any]) -> Value | None:
    """Return the answer of a record in normalized form, or None if it has none.

    An answer that the standard rejects is returned as text.
    """
    raw = record.get(ours)
    if ours == "tags":
        tags = record.get("tags")
        if isinstance(tags, list):
            names = [tag.get("name") if isinstance(tag, dict) else tag for tag in tags]
        else:
            text = record.get("tag_string")
            names = [word.strip() for word in text.split(",")] if isinstance(text, str) else []
        return tuple(sorted({name for name in names if isinstance(name, str) and name})) or None
    try:
        return validate_value(standard, ours, raw or "") or None
    except InvalidAnswer:
        return raw.strip() if isinstance(raw, str) else None


def join_sections(sections: Iterable[tuple[Line, str]], *, is_long: bool) -> tuple[str, tuple[Line, ...]]:
    """Return the joined text, and the lines whose section would exceed MAX_TEXT characters."""
    text, left_out = "", []
    for line, content in sections:
        section = f"{line.part}: {content}" if line.part else content
        longer = (text + _separator(is_long) + section) if text else section
        if len(longer) > MAX_TEXT:
            left_out.append(line)
        else:
            text = longer
    return text, tuple(left_out)


def split_sections(text: str, lines: Sequence[Line], *, is_long: bool) -> Mapping[str | None, str]:
    """Return the text under each heading, and under None the text before the first heading."""
    headings = [line.part for line in lines if line.part]
    if not headings:
        return {None: text} if text else {}
    separator = _separator(is_long)
    known = "|".join(re.escape(heading) for heading in sorted(headings, key=len, reverse=True))
    pieces = re.split(f"(?:^|{re.escape(separator)})({known}): ", text)
    sections: dict[str | None, str] = {None: pieces[0]} if pieces[0] else {}
    for heading, content in zip(pieces[1::2], pieces[2::2], strict=True):
        # Texts under a repeated heading are joined.
        sections[heading] = f"{sections[heading]}{separator}{content}" if heading in sections else content
    return sections


def _separator(is_long: bool) -> str:
    return "\n\n" if is_long else "; "
