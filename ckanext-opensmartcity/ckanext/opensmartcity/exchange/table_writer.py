"""Writers of audit exports: JSON Lines for programs, and CSV for spreadsheets, with protection against CSV injection.

Rows are written page by page. The assessment of many records is the same object, so its serialized form is cached.
"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

# Without it, spreadsheets read UTF-8 in a local encoding.
BYTE_ORDER_MARK = "\ufeff"
# First characters of a formula in their compatibility form, to which spreadsheets convert full-width and small forms,
# and the minus sign. Tab and line breaks at the start move the rest of a text into another cell.
_FORMULA = frozenset("=+-@−")
_BREAKS = frozenset("\t\r\n\v\f\x85\u2028\u2029")
# Letters and symbols that show nothing; other invisible characters are known by their category.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def escape_cell(value: Any) -> Any:
    """Return a value for a cell; an apostrophe is put before text that a spreadsheet would run as a formula.

    Characters that cannot be seen are skipped, as spreadsheets do with some of them.
    """
    if not isinstance(value, str):
        return value
    for character in value:
        if character in _BREAKS:
            return f"'{value}"
        if character not in _BLANK and unicodedata.category(character)[0] not in "CZM":
            return f"'{value}" if unicodedata.normalize("NFKC", character)[0] in _FORMULA else value
    return value


# `cursor` of the last row, by which a truncated file is recognized.
END = "end"

_RECORD = ("id", "name", "title", "organization", "type", "private", "level")
_ASSESSMENT = ("missing", "unknown", "concerns", "errors", "overdue", "review_due", "retention_due", "explanation")
_CURSOR = "cursor"
_CACHE_SIZE = 5_000


class AuditRow(NamedTuple):
    """Row of an audit: a record, its assessment, which rows may share, and on the last row of a page the cursor."""

    record: dict[str, Any]
    assessment: Mapping[str, Any]
    cursor: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the row as in the response of the API."""
        return {**self.record, **self.assessment, **({_CURSOR: self.cursor} if self.cursor else {})}


class AuditWriter(Protocol):
    """Export format."""

    media_type: str

    def head(self) -> str:
        """Return the text before the first row."""

    def write(self, rows: Iterable[AuditRow]) -> str:
        """Return rows as text."""


class JsonLinesWriter:
    """JSON Lines: one row of the API a line."""

    media_type = "application/jsonl"

    def __init__(self) -> None:
        self._encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
        self._assessments = _SerializedCache(lambda assessment: self._encode(assessment)[1:])

    def head(self) -> str:
        """Return an empty string: all lines are rows."""
        return ""

    def write(self, rows: Iterable[AuditRow]) -> str:
        """Return a line for each row."""
        lines = []
        for row in rows:
            record = {**row.record, _CURSOR: row.cursor} if row.cursor else row.record
            lines.append(f"{self._encode(record)[:-1]},{self._assessments.get(row.assessment)}\n")
        return "".join(lines)


@dataclass(frozen=True)
class CsvWriter:
    """CSV with lists joined in one cell, and one column for the level of each group of questions."""

    groups: tuple[str, ...]
    media_type = "text/csv"
    _assessments: _SerializedCache = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Create the cache of assessment cells."""
        object.__setattr__(self, "_assessments", _SerializedCache(self.assessment_cells))

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return (*_RECORD, *(f"level_{group}" for group in self.groups), *_ASSESSMENT, _CURSOR)

    def head(self) -> str:
        """Return the header row."""
        return BYTE_ORDER_MARK + _csv_lines([self.columns])

    def write(self, rows: Iterable[AuditRow]) -> str:
        """Return a line for each row."""
        return _csv_lines(
            [
                *[escape_cell(row.record[name]) for name in ("id", "name", "title", "organization")],
                row.record["type"],
                "true" if row.record["private"] else "false",
                *self._assessments.get(row.assessment),
                row.cursor,
            ]
            for row in rows
        )

    def assessment_cells(self, assessment: Mapping[str, Any]) -> list[Any]:
        """Return the cells of the columns after `private`."""
        levels, findings = assessment["groups"], [*assessment["errors"], *assessment["concerns"]]
        explanations = (f"{each['rule']} ({', '.join(each['fields'])}): {each['message']}" for each in findings)
        return [
            assessment["level"],
            *[levels.get(group) for group in self.groups],
            "; ".join(assessment["missing"]),
            "; ".join(assessment["unknown"]),
            "; ".join(finding["rule"] for finding in assessment["concerns"]),
            "; ".join(finding["rule"] for finding in assessment["errors"]),
            "; ".join(assessment["overdue"]),
            assessment["review_due"],
            assessment["retention_due"],
            escape_cell(" | ".join(explanations)),
        ]


class _SerializedCache:
    """Bounded cache of serialized assessments by object identity."""

    def __init__(self, serialize: Callable[[Mapping[str, Any]], Any]) -> None:
        self._serialize = serialize
        # Dicts are unhashable, hence the identity. The cache references each object, so that its id is not reused.
        self._cache: dict[int, tuple[Mapping[str, Any], Any]] = {}

    def get(self, assessment: Mapping[str, Any]) -> Any:
        """Return the serialized form of an assessment, from the cache if possible."""
        cached = self._cache.get(id(assessment))
        if cached is None:
            if len(self._cache) >= _CACHE_SIZE:
                self._cache.clear()
            cached = self._cache[id(assessment)] = assessment, self._serialize(assessment)
        return cached[1]


def _csv_lines(lines: Iterable[Iterable[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(lines)
    return out.getvalue()
