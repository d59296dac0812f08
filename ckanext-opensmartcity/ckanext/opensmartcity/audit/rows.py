"""Rows of an audit from documents of the search index: the indexed assessment as of one day, without reassessing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import Any

from ..exchange.table_writer import AuditRow
from ..search import fields
from ..search.assessment_codec import RuleMatch, parse_verdicts
from ..standard import LEVELS, Language, Standard

Document = Mapping[str, Any]

# Fields with doc values, so that Solr need not read stored fields.
FIELDS = {
    "id": "id",
    "name": "name",
    "title": "title_string",
    "organization": "organization",
    "type": "dataset_type",
    "capacity": "capacity",
    "verdicts": fields.ROW,
}
_RANK: Mapping[str, int] = {level: number for number, level in enumerate(LEVELS)}
# Many records share their assessment, so decoded ones are cached.
_CACHE_SIZE = 5_000


class Rows:
    """Converter of index documents into rows as of one day, in one language."""

    def __init__(self, standard: Standard, reader: Language, today: date) -> None:
        self.standard = standard
        self.reader = reader
        self.today = today.isoformat()
        self._assessments: dict[str, dict[str, Any]] = {}

    def row(self, document: Document) -> AuditRow:
        """Return the row of a document."""
        get = document.get
        record = {
            "id": document["id"],
            "name": document["name"],
            "title": get("title", ""),
            "organization": get("organization"),
            "type": document["type"],
            "private": get("capacity") != "public",
        }
        # A record that was indexed without an assessment has an empty one; `index_lag` reports it.
        verdicts = get("verdicts", "||||")
        assessment = self._assessments.get(verdicts)
        return AuditRow(record, self._decode(verdicts) if assessment is None else assessment)

    def _decode(self, text: str) -> dict[str, Any]:
        """Decode and cache the assessment of all records with these verdicts."""
        if len(self._assessments) >= _CACHE_SIZE:
            self._assessments.clear()
        verdicts = parse_verdicts(text)
        verdict, levels = verdicts.on(self.today), dict(verdicts.on(self.today).levels)
        dates = {"review": verdicts.review_due, "disposal": verdicts.retention_due}
        assessment = self._assessments[text] = {
            "level": min(levels.values(), key=_RANK.__getitem__) if levels else None,
            "groups": levels,
            "missing": list(verdict.missing),
            "unknown": list(verdicts.unknown),
            "concerns": list(map(self._finding, verdict.concerns)),
            "errors": list(map(self._finding, verdict.errors)),
            "overdue": [what for what, day in dates.items() if day and day < self.today],
            "review_due": verdicts.review_due or None,
            "retention_due": verdicts.retention_due or None,
        }
        return assessment

    def _finding(self, found: RuleMatch) -> dict[str, Any]:
        rule = self.standard.rules.get(found.rule)
        message = self.reader.translate(rule.message) if rule else found.rule
        return {"rule": found.rule, "fields": list(found.fields), "message": message}

    @cached_property
    def _fields(self) -> Mapping[str, Any]:
        return {name: field for record in self.standard.records.values() for name, field in record.fields.items()}

    def questions(self, rows: Iterable[AuditRow]) -> dict[str, dict[str, Any]]:
        """Return text and rule of the questions that rows list as missing or unknown."""
        named = {name for row in rows for name in (*row.assessment["missing"], *row.assessment["unknown"])}
        translate, explained = self.reader.translate, {}
        for name in sorted(named & self._fields.keys()):
            field = self._fields[name]
            rule = self.standard.rules[field.gap_rule]
            explained[name] = {
                "label": translate(field.label),
                "question": translate(field.question),
                "group": field.group,
                "rule": rule.id,
                "message": translate(rule.message),
            }
        return explained
