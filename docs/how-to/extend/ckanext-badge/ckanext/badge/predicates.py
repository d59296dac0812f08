"""Predicate of the condition language: whether a text is long enough to explain something."""

from __future__ import annotations

from ckanext.opensmartcity.standard.expressions import RecordSchema, Schema
from ckanext.opensmartcity.standard.model import AnswerType, Situation
from ckanext.opensmartcity.standard.predicates import FieldPredicate

LENGTH = 80


class Detailed(FieldPredicate):
    """The answer has at least 80 characters: `FIELD: {detailed: true}`."""

    name = "detailed"
    example = "`FIELD: {detailed: true}`"
    meaning = f"the answer has at least {LENGTH} characters"
    words = "“{field}” is answered in detail"
    negated_words = "“{field}” is not answered in detail"
    accepts = frozenset({AnswerType.TEXT, AnswerType.LONG_TEXT})

    def holds(self, situation: Situation) -> bool:
        """Return whether the answer of a record is long enough."""
        return len(str(situation.answers.get(self.field, ""))) >= LENGTH

    def json_schema(self, record: RecordSchema) -> Schema:
        """Return the JSON Schema of the records for which it holds."""
        return record.matches(self.field, {"minLength": LENGTH})
