"""What is wrong with a file itself, before any rule of the standard is asked."""
# MERGED One record as it stands in a file.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..standard import Message
from ..standard.i18n import N_
from .json_decoder import BrokenError

MAX_RECORD = 4 * 1024 * 1024


@dataclass(frozen=True)
class Problem:
    """Something in a file that could not be read as it stands: where, which kind (`INPUT-…`), why, and which field.

    `line` and `column` (a character of the line) count from 1; a column is None where the whole line is meant.
    """

    line: int
    column: int | None
    code: str
    message: Message
    field: str | None = None


ENCODING = "INPUT-001"
QUOTE = "INPUT-002"
COLUMN = "INPUT-003"
CELLS = "INPUT-004"
JSON = "INPUT-005"
SIZE = "INPUT-006"
TYPE = "INPUT-007"
REPEATED = "INPUT-008"
EMPTY = "INPUT-009"
SEPARATOR = "INPUT-010"


def too_large(line: int) -> Problem:
    """Return the problem of a line or record that is longer than a record may be."""
    template = N_("This record is larger than {limit} MB. It was left out.")
    return Problem(line, None, SIZE, Message(template, {"limit": str(MAX_RECORD // 1024 // 1024)}))


def not_utf8(line: int, raw: bytes, start: int) -> Problem:
    """Return the problem of a line in another encoding, at its first byte that is not UTF-8."""
    return not_utf8_at(line, len(raw[:start].decode("utf-8")) + 1)


def not_utf8_at(line: int, column: int) -> Problem:
    """Return the problem of text in another encoding, at a place."""
    return Problem(line, column, ENCODING, Message(N_("This line is not UTF-8 text. Save the file as UTF-8.")))


def broken(error: BrokenError, line: int, column: int | None) -> Problem:
    """Return the problem of text that is not JSON."""
    template = N_("This is not JSON that can be read: {reason}.")
    return Problem(line, column, JSON, Message(template, {"reason": error.reason}))


@dataclass(frozen=True)
class Row:
    """A record, the line on which it starts, and which record of the file it is; both count from 1."""

    line: int
    record: dict[str, Any]
    number: int
