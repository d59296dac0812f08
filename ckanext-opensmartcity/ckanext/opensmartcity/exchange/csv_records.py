"""Records of a CSV file (RFC 4180), columns named as fields; a broken row never takes the rest along."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Collection, Iterator
from typing import BinaryIO

from ..standard import Message
from ..standard.messages import N_
from .lines import read_lines
from .problems import CELLS, COLUMN, MAX_RECORD, QUOTE, Problem
from .rows import Row

Line = tuple[int, str | Problem]

# A cell with line breaks is ordinary; an opening quote that is never closed would swallow the whole file.
MAX_LINES = 1000


def read_csv(file: BinaryIO, known: Collection[str]) -> Iterator[Row | Problem]:
    """Yield a record for each row below the header; a column that is not `known` is a problem, and left out."""
    rows = _split(file)
    header: list[str] | None = None
    for number, cells in rows:
        if isinstance(cells, Problem):
            yield cells
        elif header is None:
            header = [name.strip() for name in cells]
            yield from _unknown_columns(number, header, known)
        elif any(cells):
            yield _row(number, header, cells, known)


def _unknown_columns(number: int, header: list[str], known: Collection[str]) -> Iterator[Problem]:
    template = N_("The standard has no field “{value}”. The column was left out.")
    for name in header:
        if name not in known:
            yield Problem(number, name, COLUMN, Message(template, {"value": name[:60]}))


def _row(number: int, header: list[str], cells: list[str], known: Collection[str]) -> Row | Problem:
    if len(cells) > len(header):
        template = N_("This row has {found} cells, the header has {wanted}.")
        values = {"found": str(len(cells)), "wanted": str(len(header))}
        return Problem(number, len(header) + 1, CELLS, Message(template, values))
    return Row(number, {name: cell for name, cell in zip(header, cells, strict=False) if cell and name in known})


def _split(file: BinaryIO) -> Iterator[tuple[int, list[str] | Problem]]:
    """Yield line number and cells of each row; after an unclosed quote go on with the next line."""
    lines = _Lines(file)
    for number, line in lines:
        if isinstance(line, Problem):
            yield number, line
        else:
            yield number, _cells(number, lines.until_closed(line))


def _cells(number: int, row: str | None) -> list[str] | Problem:
    if row is None:
        return Problem(number, None, QUOTE, Message(N_("A quote is opened in this row and never closed.")))
    try:
        return next(csv.reader([row], strict=True), [])
    except csv.Error as error:
        template = N_("This row is not valid CSV: {reason}.")
        return Problem(number, None, QUOTE, Message(template, {"reason": str(error)}))


class _Lines:
    """Lines that can be put back when a row turns out not to end."""

    def __init__(self, file: BinaryIO) -> None:
        self._lines = read_lines(file)
        self._back: deque[Line] = deque()

    def __iter__(self) -> Iterator[Line]:
        return self

    def __next__(self) -> Line:
        return self._back.popleft() if self._back else next(self._lines)

    def until_closed(self, first: str) -> str | None:
        """Return the row that starts with a line, all quotes closed; None, and nothing used up, if it never ends."""
        taken: list[Line] = []
        row, size, is_open = [first], len(first), first.count('"') % 2 == 1
        while is_open:
            number, line = next(self, (0, ""))
            size += len(line) if isinstance(line, str) else MAX_RECORD
            if number:
                taken.append((number, line))
            if not number or isinstance(line, Problem) or size > MAX_RECORD or len(taken) > MAX_LINES:
                self._back.extendleft(reversed(taken))
                return None
            row.append(line)
            is_open ^= line.count('"') % 2 == 1
        return "".join(row)
