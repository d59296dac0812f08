"""Items that the file readers yield: `Row`, a record with its position, and `Problem`, an input error with a code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ..standard import Message
from ..standard.i18n import N_


class JsonSyntaxError(ValueError):
    """Invalid JSON: the reason, and the position of the error if it is known.

    `truncated` is true if the value may be valid once more text has been read.
    """

    def __init__(self, reason: str, position: int | None, *, truncated: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position
        self.truncated = truncated


# Maximum size of one record or line, in bytes.
MAX_RECORD = 4 * 1024 * 1024


@dataclass(frozen=True)
class Problem:
    """Input error: position, code (`INPUT-…`), message and, where it applies, field.

    `line` and `column` (in characters) count from 1; `column` is None if the problem concerns the whole line. `loss` is
    what is not read because of it: a record, a value or a column of values, or nothing.
    """

    line: int
    column: int | None
    code: str
    message: Message
    field: str | None = None
    loss: Literal["record", "value", "nothing"] = "record"


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
NAME = "INPUT-011"
TWICE = "INPUT-012"


def record_too_large(line: int) -> Problem:
    """Return the problem of a line or record larger than MAX_RECORD."""
    template = N_("This record is larger than {limit} MB. It was left out.")
    return Problem(line, None, SIZE, Message(template, {"limit": str(MAX_RECORD // 1024 // 1024)}))


def not_utf8(line: int, raw: bytes, start: int) -> Problem:
    """Return the problem of a line that is not UTF-8; `start` is the offset of its first invalid byte."""
    return not_utf8_at(line, len(raw[:start].decode("utf-8")) + 1)


def not_utf8_at(line: int, column: int) -> Problem:
    """Return the problem of text that is not UTF-8, at a line and column."""
    return Problem(line, column, ENCODING, Message(N_("This line is not UTF-8 text. Save the file as UTF-8.")))


def invalid_json(error: JsonSyntaxError, line: int, column: int | None) -> Problem:
    """Return the problem of invalid JSON."""
    template = N_("Invalid JSON: {reason}.")
    return Problem(line, column, JSON, Message(template, {"reason": error.reason}))


@dataclass(frozen=True)
class Row:
    """Record of a file: the line on which it starts, and its number in the file, both counted from 1."""

    line: int
    record: dict[str, Any]
    number: int
