"""One record of the index as a row of an audit: what the standard says of it on a day, and nothing is assessed anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import Any

from ...standard import LEVELS, Language, Standard
from .. import facets, solr

Document = Mapping[str, Any]
Row = dict[str, Any]

_PLAIN = ("id", "name", "title", "organization", "dataset_type", "capacity")
_TURNING = (facets.GROUP_LEVEL, facets.MISSING, facets.FINDING)
# All that a row needs is stored in the index on its own: the whole record is not read.
FIELDS = (
    *_PLAIN,
    *solr.TURNS,
    facets.UNKNOWN,
    facets.REVIEW_DATE,
    facets.RETENTION_DATE,
    *(phase for name in _TURNING for phase in solr.phases(name)),
)
_RANK: Mapping[str, int] = {level: number for number, level in enumerate(LEVELS)}
_PHASES = {suffix: tuple(name + suffix for name in _TURNING) for suffix in ("", solr.LATE, solr.LATER)}


class Rows:
    """Makes rows as of one day, in one language."""

    def __init__(self, standard: Standard, reader: Language, today: date) -> None:
        self.standard = standard
        self.reader = reader
        self.today = solr.solr_day(today)
        # There are some hundred codes and findings, and a hundred thousand records.
        self._codes = _Decoded()
        self._groups: dict[str, tuple[str, str]] = {}
        self._findings: dict[str, tuple[bool, Row]] = {}

    def row(self, document: Document) -> Row:
        """Return the row of a document."""
        groups, missing, findings = _PHASES[self._phase(document)]
        levels = dict(self._group(stored) for stored in document.get(groups, ()))
        found = [self._finding(stored) for stored in document.get(findings, ())]
        review, retention = document.get(facets.REVIEW_DATE), document.get(facets.RETENTION_DATE)
        return {
            "id": document["id"],
            "name": document["name"],
            "title": document.get("title", ""),
            "organization": document.get("organization"),
            "type": document["dataset_type"],
            "private": document.get("capacity") != "public",
            "level": min(levels.values(), key=_RANK.__getitem__) if levels else None,
            "groups": levels,
            "missing": [self._codes[stored] for stored in document.get(missing, ())],
            "unknown": [self._codes[stored] for stored in document.get(facets.UNKNOWN, ())],
            "concerns": [finding for concern, finding in found if concern],
            "errors": [finding for concern, finding in found if not concern],
            "overdue": [what for what, day in (("review", review), ("disposal", retention)) if self._is_past(day)],
            "review_due": review and review[:10],
            "retention_due": retention and retention[:10],
        }

    def _is_past(self, day: str | None) -> bool:
        return day is not None and day < self.today

    def _phase(self, document: Document) -> str:
        """Tell which of the stored assessments holds today: that before, between or after its turns."""
        turned = [self._is_past(document.get(turn)) for turn in solr.TURNS]
        return ("", solr.LATE, solr.LATER)[sum(turned)]

    def _group(self, stored: str) -> tuple[str, str]:
        if stored not in self._groups:
            group, _, level = solr.decode(stored).partition(":")
            self._groups[stored] = group, level
        return self._groups[stored]

    def _finding(self, stored: str) -> tuple[bool, Row]:
        """Return whether a finding is a concern, and rule, fields and message of it."""
        if stored not in self._findings:
            name, _, fields = solr.decode(stored).partition(":")
            rule = self.standard.rules.get(name)
            message = self.reader.translate(rule.message) if rule else name
            finding = {"rule": name, "fields": fields.split(","), "message": message}
            self._findings[stored] = rule is not None and rule.severity == "concern", finding
        return self._findings[stored]

    @cached_property
    def _fields(self) -> Mapping[str, Any]:
        return {name: field for record in self.standard.records.values() for name, field in record.fields.items()}

    def questions(self, rows: Iterable[Row]) -> dict[str, Row]:
        """Explain the questions that rows name as missing or unknown: their words, and the rule that asks for them."""
        named = dict.fromkeys(name for row in rows for name in (*row["missing"], *row["unknown"]))
        return {name: self._question(name) for name in sorted(named) if name in self._fields}

    def _question(self, name: str) -> Row:
        field, translate = self._fields[name], self.reader.translate
        rule = self.standard.rules[field.gap_rule]
        return {
            "label": translate(field.label),
            "question": translate(field.question),
            "group": field.group,
            "rule": rule.id,
            "message": translate(rule.message),
        }


class _Decoded(dict[str, str]):
    """Codes as they were decoded once."""

    def __missing__(self, stored: str) -> str:
        self[stored] = solr.decode(stored)
        return self[stored]
