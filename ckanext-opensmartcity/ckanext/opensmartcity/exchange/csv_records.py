"""Records of a CSV file (RFC 4180), columns named as fields; a broken row never takes the rest along."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice

from ..standard import Message
from ..standard.messages import N_
from .csv_header import Header, read_header
from .csv_lines import Lines
from .csv_rows import place, split_row, starts_of_cells, unclosed
from .encodings import Source
from .problems import CELLS, Problem
from .rows import Row


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
