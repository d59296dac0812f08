"""One CSV row (RFC 4180) in cells, and the place of what is wrong in it."""
# MERGED The header of a CSV file: which column holds which field, and what separates them.
# MERGED Lines of a CSV file, joined to rows where a quoted cell goes over several.
# MERGED Records of a CSV file (RFC 4180), columns named as fields; a broken row never takes the rest along.

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from ..standard import Message
from ..standard.answers import shorten
from ..standard.i18n import N_
from .encodings import Source
from .json_reader import read_lines
from .problems import CELLS, COLUMN, MAX_RECORD, QUOTE, REPEATED, SEPARATOR, SIZE, Problem, Row

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


_COMMA = ","
_OTHERS = ";\t|"


@dataclass(frozen=True)
class Header:
    """The fields with the place of their column, the number of columns, what separates them, and what is wrong."""

    fields: tuple[tuple[str, int], ...]
    width: int
    separator: str
    problems: tuple[Problem, ...]


def read_header(line: int, first: str, row: str | None, known: Collection[str]) -> Header:
    """Read the first row, or its first line where a quote is not closed in it; what has no known field is left out."""
    separator = _separator(first, known)
    cells = unclosed(line, first, separator) if row is None else split_row(line, row, separator)
    problems = [cells] if isinstance(cells, Problem) else []
    if row is None or problems:
        row = first.replace('"', "")
    if separator != _COMMA:
        problems.append(_other_separator(line, row, separator))
    names = _names(row, separator)
    fields: dict[str, int] = {}
    for at, (name, start) in enumerate(zip(names, starts_of_cells(row, separator), strict=False)):
        if name in known and name not in fields:
            fields[name] = at
        else:
            problems.append(_left_out(name, place(line, row, start), twice=name in fields))
    return Header(tuple(fields.items()), len(names), separator, tuple(problems))


def _separator(row: str, known: Collection[str]) -> str:
    """Return the comma, or what a spreadsheet of another country puts between columns that we know."""
    candidates: tuple[str, ...] = (_COMMA, *_OTHERS)
    return max(candidates, key=lambda separator: sum(name in known for name in _names(row, separator)))


def _names(row: str, separator: str) -> list[str]:
    cells = split_row(1, row, separator)
    return [name.strip() for name in (row.rstrip("\r\n").split(separator) if isinstance(cells, Problem) else cells)]


def _other_separator(line: int, row: str, separator: str) -> Problem:
    template = N_("The columns are separated by “{value}”, not by a comma. They were read all the same.")
    shown = "tab" if separator == "\t" else separator
    return Problem(*place(line, row, row.index(separator)), SEPARATOR, Message(template, {"value": shown}))


def _left_out(name: str, where: tuple[int, int], *, twice: bool) -> Problem:
    if twice:
        template = N_("There is a second column “{value}”. It was left out.")
        return Problem(*where, REPEATED, Message(template, {"value": shorten(name)}), name)
    if not name:
        return Problem(*where, COLUMN, Message(N_("This column has no name. It was left out.")))
    template = N_("The standard has no field “{value}”. The column was left out.")
    return Problem(*where, COLUMN, Message(template, {"value": shorten(name)}), name)


Line = tuple[int, str | Problem]

# A cell with line breaks is ordinary; an opening quote that is never closed would swallow the whole file.
MAX_LINES = 1000


class Lines:
    """Lines that can be put back when a row turns out not to end."""

    def __init__(self, file: Source) -> None:
        # The names of columns that we know are ASCII: a header in another encoding can be read for them.
        self._lines = read_lines(file, forgiven=1)
        self._back: deque[Line] = deque()

    def __iter__(self) -> Iterator[Line]:
        return self

    def __next__(self) -> Line:
        return self._back.popleft() if self._back else next(self._lines)

    def until_closed(self, first: str) -> str | None:
        """Return the row that starts with a line, all quotes closed; None, and nothing used up, if it never ends."""
        if first.count('"') % 2 == 0:
            return first
        taken: list[Line] = []
        row, size, is_open = [first], len(first), True
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


def read_csv(file: Source, known: Collection[str]) -> Iterator[Row | Problem]:
    """Yield a record for each row below the header; a column that is not `known` is a problem, and left out."""
    lines = Lines(file)
    header: Header | None = None
    number = 0
    for line, text in lines:
        if isinstance(text, Problem):
            yield text
        elif header is None:
            header = read_header(line, text, lines.until_closed(text), known)
            yield from header.problems
        elif items := _items(header, line, text, lines.until_closed(text), number + 1):
            number += 1
            yield from items


def _items(header: Header, line: int, first: str, row: str | None, number: int) -> list[Row | Problem]:
    """Return what one row holds: its problems, and the record as far as it can be told."""
    if row is None:
        return [unclosed(line, first, header.separator)]
    cells = split_row(line, row, header.separator)
    if isinstance(cells, Problem):
        return [cells]
    if not any(cells):
        return []
    if len(cells) > header.width:
        return [_length(header, line, row, cells)]
    record = Row(line, {name: cells[at] for name, at in header.fields if at < len(cells) and cells[at]}, number)
    return [record] if len(cells) == header.width else [_length(header, line, row, cells), record]


def _length(header: Header, line: int, row: str, cells: list[str]) -> Problem:
    """Return the problem of a row that is longer or shorter than the header, at its first cell too many or its end."""
    template = N_("This row has {found} cells, the header has {wanted}.")
    values = {"found": str(len(cells)), "wanted": str(header.width)}
    surplus = next(islice(starts_of_cells(row, header.separator), header.width, None), len(row.rstrip("\r\n")))
    return Problem(*place(line, row, surplus), CELLS, Message(template, values))
