"""What a table needs to open right in a spreadsheet, and to do nothing there."""
# MERGED The files of an audit: rows as JSON Lines for programs and as CSV for spreadsheets, a page of rows at a time.

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

# Without it spreadsheets take UTF-8 for an encoding of their own.
BYTE_ORDER_MARK = "\ufeff"
# Spreadsheets run a text that begins like this as a formula; some skip spaces, some read the wide forms too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(value: Any) -> Any:
    """Return a value as a cell: a text that would run as a formula begins with an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA) else value


# What stands in `cursor` of the last row, so that a file that was cut off is known.
END = "end"

_RECORD = ("id", "name", "title", "organization", "type", "private", "level")
_SAID = ("missing", "unknown", "concerns", "errors", "overdue", "review_due", "retention_due", "explanation")
_CURSOR = "cursor"
_REMEMBERED = 5_000


class AuditRow(NamedTuple):
    """A row: the record, and what is said of it, which many rows share; at the end of a page also where to go on."""

    record: dict[str, Any]
    said: Mapping[str, Any]
    cursor: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the row as the API gives it."""
        return {**self.record, **self.said, **({_CURSOR: self.cursor} if self.cursor else {})}


class AuditFile(Protocol):
    """A format: what begins a file, and rows as they stand in it."""

    media_type: str

    def head(self) -> str:
        """Return what stands before the first row."""

    def write(self, rows: Iterable[AuditRow]) -> str:
        """Return some rows as text."""


class JsonLines:
    """Each row as the API gives it, an object a line."""

    media_type = "application/jsonl"

    def __init__(self) -> None:
        self._encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
        self._said = _Shared(lambda said: self._encode(said)[1:])

    def head(self) -> str:
        """Return nothing: all lines are rows."""
        return ""

    def write(self, rows: Iterable[AuditRow]) -> str:
        """Return a line for each row."""
        encode, said = self._encode, self._said.of
        return "".join(
            f"{encode({**row.record, _CURSOR: row.cursor} if row.cursor else row.record)[:-1]},{said(row.said)}\n"
            for row in rows
        )


@dataclass(frozen=True)
class Table:
    """Each row as a line of CSV; lists in one cell, a column for the level in each group of questions."""

    groups: tuple[str, ...]
    media_type = "text/csv"
    _said: _Shared = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Prepare to write once what many rows share."""
        object.__setattr__(self, "_said", _Shared(self._cells))

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return (*_RECORD, *(f"level_{group}" for group in self.groups), *_SAID, _CURSOR)

    def head(self) -> str:
        """Return the line of names."""
        return BYTE_ORDER_MARK + _lines([self.columns])

    def write(self, rows: Iterable[AuditRow]) -> str:
        """Return a line for each row."""
        said = self._said.of
        return _lines([*_record(row.record), *said(row.said), row.cursor] for row in rows)

    def _cells(self, said: Mapping[str, Any]) -> list[Any]:
        levels, findings = said["groups"], [*said["errors"], *said["concerns"]]
        return [
            said["level"],
            *[levels.get(group) for group in self.groups],
            _joined(said["missing"]),
            _joined(said["unknown"]),
            _joined(finding["rule"] for finding in said["concerns"]),
            _joined(finding["rule"] for finding in said["errors"]),
            _joined(said["overdue"]),
            said["review_due"],
            said["retention_due"],
            cell(" | ".join(map(_explained, findings))),
        ]


class _Shared:
    """Written once, for all rows of which the same is said."""

    def __init__(self, write: Callable[[Mapping[str, Any]], Any]) -> None:
        self._write = write
        # By identity, as these are no keys; they are kept, so that no other can take the place of one.
        self._written: dict[int, tuple[Mapping[str, Any], Any]] = {}

    def of(self, said: Mapping[str, Any]) -> Any:
        """Return it as it was written, or write it."""
        known = self._written.get(id(said))
        if known is None:
            if len(self._written) >= _REMEMBERED:
                self._written.clear()
            known = self._written[id(said)] = said, self._write(said)
        return known[1]


def _record(record: Mapping[str, Any]) -> Iterable[Any]:
    return (
        cell(record["id"]),
        cell(record["name"]),
        cell(record["title"]),
        cell(record["organization"]),
        record["type"],
        "true" if record["private"] else "false",
    )


def _lines(lines: Iterable[Iterable[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(lines)
    return out.getvalue()


def _joined(names: Iterable[str]) -> str:
    return "; ".join(names)


def _explained(finding: Mapping[str, Any]) -> str:
    return f"{finding['rule']} ({', '.join(finding['fields'])}): {finding['message']}"
