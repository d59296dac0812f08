"""One record of the index as a row of an audit: what the standard says of it on a day, and nothing is assessed anew."""

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

# Each is one value of an indexed field: Solr need not read the stored record.
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
# Of most records the same is said as of many others; of those that are alone not all need be remembered.
_REMEMBERED = 5_000


class Rows:
    """Makes rows as of one day, in one language."""

    def __init__(self, standard: Standard, reader: Language, today: date) -> None:
        self.standard = standard
        self.reader = reader
        self.today = today.isoformat()
        self._said: dict[str, dict[str, Any]] = {}

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
        # Of a record that was indexed before there were verdicts nothing is known: `index_lag` tells it.
        verdicts = get("verdicts", "||||")
        said = self._said.get(verdicts)
        return AuditRow(record, self._say(verdicts) if said is None else said)

    def _say(self, text: str) -> dict[str, Any]:
        """Return what is said of all records with the same verdicts."""
        if len(self._said) >= _REMEMBERED:
            self._said.clear()
        verdicts = parse_verdicts(text)
        verdict, levels = verdicts.on(self.today), dict(verdicts.on(self.today).levels)
        dates = {"review": verdicts.review_due, "disposal": verdicts.retention_due}
        self._said[text] = {
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
        return self._said[text]

    def _finding(self, found: RuleMatch) -> dict[str, Any]:
        rule = self.standard.rules.get(found.rule)
        message = self.reader.translate(rule.message) if rule else found.rule
        return {"rule": found.rule, "fields": list(found.fields), "message": message}

    @cached_property
    def _fields(self) -> Mapping[str, Any]:
        return {name: field for record in self.standard.records.values() for name, field in record.fields.items()}

    def questions(self, rows: Iterable[AuditRow]) -> dict[str, dict[str, Any]]:
        """Explain the questions that rows name as missing or unknown: their words, and the rule that asks for them."""
        named = {name for row in rows for name in (*row.said["missing"], *row.said["unknown"])}
        return {name: self._question(name) for name in sorted(named) if name in self._fields}

    def _question(self, name: str) -> dict[str, Any]:
        field, translate = self._fields[name], self.reader.translate
        rule = self.standard.rules[field.gap_rule]
        return {
            "label": translate(field.label),
            "question": translate(field.question),
            "group": field.group,
            "rule": rule.id,
            "message": translate(rule.message),
        }
