"""Streaming CSV reader (RFC 4180) that reports errors with line and column.

The header names the fields. Other separators than the comma are detected. A malformed row, such as one with a quote
that is never closed, costs that row only: the lines after it are read again as rows of their own.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice

from ..standard import Message
from ..standard.answers import shorten
from ..standard.i18n import N_
from .encodings import Source
from .json_reader import read_lines
from .problems import CELLS, COLUMN, MAX_RECORD, QUOTE, REPEATED, SEPARATOR, SIZE, Problem, Row

# Default limit of `csv.field_size_limit`, in characters; the limit of an answer is far lower.
_MAX_CELL = 128 * 1024


def split_row(line: int, row: str, separator: str) -> list[str] | Problem:
    """Return the cells of a complete row, or a problem if it is malformed."""
    try:
        return next(csv.reader([row], strict=True, delimiter=separator), [])
    except csv.Error:
        *_, start = cell_offsets(row, separator)
    match = _cell_pattern(separator).match(row, start)
    end = match.end() if match else start
    if row[end:].strip("\r\n"):
        template = N_("Invalid CSV: the cell must end after a closing quote or a line break.")
        return Problem(*line_and_column(line, row, end), QUOTE, Message(template))
    template = N_("A cell of this row is longer than {limit} characters.")
    return Problem(line, None, SIZE, Message(template, {"limit": str(_MAX_CELL)}))


def cell_offsets(row: str, separator: str) -> Iterator[int]:
    """Yield the offset of each cell, as far as the row can be split."""
    position, pattern = 0, _cell_pattern(separator)
    while True:
        yield position
        match = pattern.match(row, position)
        if not match or row[match.end() : match.end() + 1] != separator:
            return
        position = match.end() + 1


def line_and_column(line: int, row: str, position: int) -> tuple[int, int]:
    """Return the line and column of an offset in a row that starts on `line`."""
    before = row[:position]
    return line + before.count("\n"), position - (before.rfind("\n") + 1) + 1


def unclosed_quote(line: int, row: str, separator: str) -> Problem:
    """Return the problem of a quote that is never closed, at the start of the last cell."""
    *_, start = cell_offsets(row, separator)
    return Problem(
        *line_and_column(line, row, start), QUOTE, Message(N_("A quote is opened in this row and never closed."))
    )


@cache
def _cell_pattern(separator: str) -> re.Pattern[str]:
    escaped = re.escape(separator)
    return re.compile(rf'"[^"]*(?:""[^"]*)*"|(?!")[^{escaped}\r\n]*')


_COMMA = ","
_OTHER_SEPARATORS = ";\t|"


@dataclass(frozen=True)
class Header:
    """Header row: column index of each known field, number of columns, separator, and problems."""

    fields: tuple[tuple[str, int], ...]
    width: int
    separator: str
    problems: tuple[Problem, ...]


def read_header(line: int, first: str, row: str | None, known: Collection[str]) -> Header:
    """Parse the header row; columns that name no known field are problems.

    `first` is its first line; `row` is None if a quote in it is never closed, and the line is read without quotes.
    The separator is the one that yields the most known column names, and the most columns if none is known;
    spreadsheets of some countries write `;`.
    """
    candidates = (_COMMA, *_OTHER_SEPARATORS)
    columns = {each: _split_names(first, each) for each in candidates}
    separator = max(candidates, key=lambda each: (sum(name in known for name in columns[each]), len(columns[each])))
    cells = unclosed_quote(line, first, separator) if row is None else split_row(line, row, separator)
    problems = [replace(cells, loss="nothing")] if isinstance(cells, Problem) else []
    if row is None or problems:
        row = first.replace('"', "")
    if separator != _COMMA:
        template = N_("The columns are separated by “{value}”, not by a comma. They were read anyway.")
        shown = Message(template, {"value": "tab" if separator == "\t" else separator})
        place = line_and_column(line, row, row.index(separator))
        problems.append(Problem(*place, SEPARATOR, shown, loss="nothing"))
    names = _split_names(row, separator)
    fields: dict[str, int] = {}
    for at, (name, start) in enumerate(zip(names, cell_offsets(row, separator), strict=False)):
        if name in known and name not in fields:
            fields[name] = at
        else:
            problems.append(_ignored_column(name, line_and_column(line, row, start), duplicate=name in fields))
    return Header(tuple(fields.items()), len(names), separator, tuple(problems))


def _split_names(row: str, separator: str) -> list[str]:
    cells = split_row(1, row, separator)
    return [name.strip() for name in (row.rstrip("\r\n").split(separator) if isinstance(cells, Problem) else cells)]


def _ignored_column(name: str, where: tuple[int, int], *, duplicate: bool) -> Problem:
    if duplicate:
        template = N_("There is a second column “{value}”. It was left out.")
        return Problem(*where, REPEATED, Message(template, {"value": shorten(name)}), name, "value")
    if not name:
        return Problem(*where, COLUMN, Message(N_("This column has no name. It was left out.")), loss="value")
    template = N_("The standard has no field “{value}”. The column was left out.")
    return Problem(*where, COLUMN, Message(template, {"value": shorten(name)}), name, "value")


Line = tuple[int, str | Problem]

# Limit of lines in one row: a quote that is never closed must not consume the rest of the file.
MAX_LINES = 1000


class LineBuffer:
    """Iterator over lines that can push lines back when a row turns out to have no end."""

    def __init__(self, file: Source) -> None:
        # Known column names are ASCII, so they can be read from a header in another encoding.
        self._lines = read_lines(file, lenient=1)
        self._pushed_back: deque[Line] = deque()

    def __iter__(self) -> Iterator[Line]:
        return self

    def __next__(self) -> Line:
        return self._pushed_back.popleft() if self._pushed_back else next(self._lines)

    def read_row(self, first: str) -> str | None:
        """Return the row that starts with `first`, until all quotes are closed.

        Return None, and push back the lines read, if that takes more than MAX_LINES lines or MAX_RECORD characters.
        """
        if first.count('"') % 2 == 0:
            return first
        lines: list[Line] = []
        row, size, is_open = [first], len(first), True
        while is_open:
            number, line = next(self, (0, ""))
            size += len(line) if isinstance(line, str) else MAX_RECORD
            if number:
                lines.append((number, line))
            if not number or isinstance(line, Problem) or size > MAX_RECORD or len(lines) > MAX_LINES:
                self._pushed_back.extendleft(reversed(lines))
                return None
            row.append(line)
            is_open ^= line.count('"') % 2 == 1
        return "".join(row)


def read_csv(file: Source, known: Collection[str]) -> Iterator[Row | Problem]:
    """Yield a record for each row below the header; columns whose name is not in `known` are ignored with a problem."""
    lines = LineBuffer(file)
    header: Header | None = None
    number = 0
    for line, text in lines:
        if isinstance(text, Problem):
            yield text
        elif header is None:
            header = read_header(line, text, lines.read_row(text), known)
            yield from header.problems
        elif items := _read_items(header, line, text, lines.read_row(text), number + 1):
            number += 1
            yield from items


def _read_items(header: Header, line: int, first: str, row: str | None, number: int) -> list[Row | Problem]:
    """Return the problems and the record of one row; nothing for an empty row."""
    if row is None:
        return [unclosed_quote(line, first, header.separator)]
    cells = split_row(line, row, header.separator)
    if isinstance(cells, Problem):
        return [cells]
    if not any(cells):
        return []
    if len(cells) > header.width:
        return [_cell_count_problem(header, line, row, cells)]
    record = Row(line, {name: cells[at] for name, at in header.fields if at < len(cells) and cells[at]}, number)
    if len(cells) == header.width:
        return [record]
    return [replace(_cell_count_problem(header, line, row, cells), loss="nothing"), record]


def _cell_count_problem(header: Header, line: int, row: str, cells: list[str]) -> Problem:
    """Return the problem of a row with more or fewer cells than the header, at its first surplus cell or its end."""
    template = N_("This row has {found} cells, the header has {wanted}.")
    values = {"found": str(len(cells)), "wanted": str(header.width)}
    surplus = next(islice(cell_offsets(row, header.separator), header.width, None), len(row.rstrip("\r\n")))
    return Problem(*line_and_column(line, row, surplus), CELLS, Message(template, values))
