"""What is wrong with a file itself, before any rule of the standard is asked."""

from __future__ import annotations

from dataclasses import dataclass

from ..standard import Message

MAX_RECORD = 4 * 1024 * 1024


@dataclass(frozen=True)
class Problem:
    """Something in a file that could not be read as a record: where, which kind (`INPUT-…`), and why."""

    line: int
    column: int | str | None
    code: str
    message: Message


ENCODING = "INPUT-001"
QUOTE = "INPUT-002"
COLUMN = "INPUT-003"
CELLS = "INPUT-004"
JSON = "INPUT-005"
SIZE = "INPUT-006"
TYPE = "INPUT-007"
