"""The header of a CSV file: which column holds which field, and what separates them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ..standard import Message
from ..standard.answers import shorten
from ..standard.messages import N_
from .csv_rows import place, split_row, starts_of_cells, unclosed
from .problems import COLUMN, REPEATED, SEPARATOR, Problem

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
