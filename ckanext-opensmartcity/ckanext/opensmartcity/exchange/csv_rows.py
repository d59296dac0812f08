"""One CSV row (RFC 4180) in cells, and the place of what is wrong in it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache

from ..standard import Message
from ..standard.messages import N_
from .problems import QUOTE, SIZE, Problem

# What `csv` allows in one cell unless it is told otherwise; an answer may have far fewer characters.
_MAX_CELL = 128 * 1024


def split_row(line: int, row: str, separator: str) -> list[str] | Problem:
    """Return the cells of a row whose quotes are closed; the problem where they cannot be told apart."""
    try:
        return next(csv.reader([row], strict=True, delimiter=separator), [])
    except csv.Error:
        return _fault(line, row, separator)


def starts_of_cells(row: str, separator: str) -> Iterator[int]:
    """Yield where each cell starts, as far as the row can be split."""
    position, cell = 0, _cell(separator)
    while True:
        yield position
        found = cell.match(row, position)
        if not found or row[found.end() : found.end() + 1] != separator:
            return
        position = found.end() + 1


def place(line: int, row: str, position: int) -> tuple[int, int]:
    """Return line and column of a position in a row that starts on a line."""
    before = row[:position]
    return line + before.count("\n"), position - (before.rfind("\n") + 1) + 1


def unclosed(line: int, row: str, separator: str) -> Problem:
    """Return the problem of a quote that is never closed, at the last cell that its line starts."""
    *_, start = starts_of_cells(row, separator)
    return Problem(*place(line, row, start), QUOTE, Message(N_("A quote is opened in this row and never closed.")))


def _fault(line: int, row: str, separator: str) -> Problem:
    *_, start = starts_of_cells(row, separator)
    found = _cell(separator).match(row, start)
    end = found.end() if found else start
    if row[end:].strip("\r\n"):
        template = N_("This row is not valid CSV here: behind a closing quote, or a line break, the cell must end.")
        return Problem(*place(line, row, end), QUOTE, Message(template))
    template = N_("A cell of this row is longer than {limit} characters.")
    return Problem(line, None, SIZE, Message(template, {"limit": str(_MAX_CELL)}))


@cache
def _cell(separator: str) -> re.Pattern[str]:
    other = re.escape(separator)
    return re.compile(rf'"[^"]*(?:""[^"]*)*"|(?!")[^{other}\r\n]*')
