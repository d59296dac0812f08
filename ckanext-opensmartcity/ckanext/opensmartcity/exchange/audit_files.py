"""The files of an audit: rows as JSON Lines for programs and as CSV for spreadsheets, a page of rows at a time."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from .spreadsheet import BYTE_ORDER_MARK, cell

Row = Mapping[str, Any]
# What stands in `cursor` of the last row, so that a file that was cut off is known.
END = "end"

_BEFORE = ("id", "name", "title", "organization", "type", "private", "level")
_LISTS = ("missing", "unknown", "concerns", "errors")
_AFTER = (*_LISTS, "overdue", "review_due", "retention_due", "explanation", "cursor")


class AuditFile(Protocol):
    """A format: what begins a file, and rows as they stand in it."""

    media_type: str

    def head(self) -> str:
        """Return what stands before the first row."""

    def write(self, rows: Iterable[Row]) -> str:
        """Return some rows as text."""


class JsonLines:
    """Each row as the API gives it, an object a line."""

    media_type = "application/jsonl"

    def __init__(self) -> None:
        self._encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

    def head(self) -> str:
        """Return nothing: all lines are rows."""
        return ""

    def write(self, rows: Iterable[Row]) -> str:
        """Return a line for each row."""
        return "".join(f"{self._encode(row)}\n" for row in rows)


@dataclass(frozen=True)
class Table:
    """Each row as a line of CSV; lists in one cell, a column for the level in each group of questions."""

    groups: tuple[str, ...]
    media_type = "text/csv"

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return (*_BEFORE, *(f"level_{group}" for group in self.groups), *_AFTER)

    def head(self) -> str:
        """Return the line of names."""
        return BYTE_ORDER_MARK + self._lines([self.columns])

    def write(self, rows: Iterable[Row]) -> str:
        """Return a line for each row."""
        return self._lines(map(self._cells, rows))

    def _lines(self, lines: Iterable[Iterable[Any]]) -> str:
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerows(lines)
        return out.getvalue()

    def _cells(self, row: Row) -> list[Any]:
        levels, findings = row["groups"], [*row["errors"], *row["concerns"]]
        return [
            row["id"],
            cell(row["name"]),
            cell(row["title"]),
            cell(row["organization"]),
            row["type"],
            "true" if row["private"] else "false",
            row["level"],
            *[levels.get(group) for group in self.groups],
            _joined(row["missing"]),
            _joined(row["unknown"]),
            _joined(finding["rule"] for finding in row["concerns"]),
            _joined(finding["rule"] for finding in row["errors"]),
            _joined(row["overdue"]),
            row["review_due"],
            row["retention_due"],
            cell(" | ".join(map(_explained, findings))),
            row.get("cursor"),
        ]


def _joined(names: Iterable[str]) -> str:
    return "; ".join(names)


def _explained(finding: Row) -> str:
    return f"{finding['rule']} ({', '.join(finding['fields'])}): {finding['message']}"
