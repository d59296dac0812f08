"""Expressions of the condition language: the tree into which a condition is compiled.

A node evaluates itself on a record, and writes itself as text, as JSON Schema and as a Solr query. The three protocols
are the targets of that writing, so that this library knows neither the layout of the search index nor CKAN.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .i18n import N_
from .model import Situation

Schema = dict[str, Any]


class Words(Protocol):
    """Texts in one language: translated templates, and the labels of a standard."""

    def fill(self, template: str, **values: str) -> str:
        """Return a translated msgid with its values."""

    def field(self, name: str) -> str:
        """Return the label of a field."""

    def codes(self, field: str, codes: Iterable[str]) -> str:
        """Return the labels of codes, in quotation marks and joined by "or"."""


class RecordSchema(Protocol):
    """JSON Schemas about the fields of one record type. A field of another type never has an answer."""

    @property
    def home(self) -> frozenset[str]:
        """Country codes of the home jurisdiction, empty if none is configured."""

    def answered(self, field: str) -> Schema:
        """Return the schema of records that answer a field."""

    def declared(self, field: str) -> Schema:
        """Return the schema of records that declare a field unknown or not applicable."""

    def matches(self, field: str, entry: Schema) -> Schema:
        """Return the schema of records whose answer matches `entry`; for a list, at least one entry of it."""


class SearchIndex(Protocol):
    """Solr queries about what the search index holds of a record. Each can be negated and combined without brackets."""

    @property
    def home(self) -> frozenset[str]:
        """Country codes of the home jurisdiction, empty if none is configured."""

    def codes(self, field: str, codes: Iterable[str]) -> str:
        """Return the query for answers that are, or contain, one of some codes or countries."""

    def answered(self, field: str) -> str:
        """Return the query for records that answer a field."""

    def declared(self, field: str) -> str:
        """Return the query for records that declare a field unknown or not applicable."""

    def marked(self, mark: str) -> str:
        """Return the query for records with the mark of an indexed predicate."""

    def overdue(self, what: str) -> str:
        """Return the query for records whose `review` or `disposal` was due before today."""


class InexpressibleError(ValueError):
    """A part of a condition that JSON Schema or the search index cannot express; the text names it."""

    def __init__(self, expression: Expression) -> None:
        super().__init__(str(expression))
        self.expression = expression


class Expression(ABC):
    """A condition or a part of one.

    `example` (Markdown) and `meaning` are its line in the reference of the condition language.
    """

    example: str = ""
    meaning: str = ""

    @property
    def fields(self) -> frozenset[str]:
        """Names of the fields that it reads."""
        return frozenset()

    @property
    def fields_due(self) -> frozenset[str]:
        """Names of the date fields on whose day it begins or ceases to hold, because it compares them with today."""
        return frozenset()

    @property
    def depends_on_day(self) -> bool:
        """Whether it can become true or false with time alone, while the record stays the same."""
        return False

    @abstractmethod
    def holds(self, situation: Situation) -> bool:
        """Return whether a record meets it."""

    @abstractmethod
    def in_words(self, words: Words) -> str:
        """Return it as a clause, without a full stop."""

    def negation_in_words(self, words: Words) -> str:
        """Return its negation as a clause."""
        return words.fill(N_("not ({condition})"), condition=self.in_words(words))

    def json_schema(self, record: RecordSchema) -> Schema:
        """Return the JSON Schema of the records that meet it; InexpressibleError if there is none."""
        raise InexpressibleError(self)

    def solr_query(self, index: SearchIndex) -> str:
        """Return the Solr query for the records that meet it; InexpressibleError if the index cannot tell."""
        raise InexpressibleError(self)


@dataclass(frozen=True)
class Not(Expression):
    """Negation."""

    part: Expression

    example = "`not:` and a condition"
    meaning = "that condition does not hold"

    @property
    def fields(self) -> frozenset[str]:
        return self.part.fields

    @property
    def fields_due(self) -> frozenset[str]:
        return self.part.fields_due

    @property
    def depends_on_day(self) -> bool:
        return self.part.depends_on_day

    def holds(self, situation: Situation) -> bool:
        return not self.part.holds(situation)

    def in_words(self, words: Words) -> str:
        return self.part.negation_in_words(words)

    def negation_in_words(self, words: Words) -> str:
        return self.part.in_words(words)

    def json_schema(self, record: RecordSchema) -> Schema:
        return {"not": self.part.json_schema(record)}

    def solr_query(self, index: SearchIndex) -> str:
        return f"(*:* NOT {self.part.solr_query(index)})"


@dataclass(frozen=True)
class _Combination(Expression):
    parts: tuple[Expression, ...]

    @property
    def fields(self) -> frozenset[str]:
        return frozenset().union(*(part.fields for part in self.parts))

    @property
    def fields_due(self) -> frozenset[str]:
        return frozenset().union(*(part.fields_due for part in self.parts))

    @property
    def depends_on_day(self) -> bool:
        return any(part.depends_on_day for part in self.parts)


@dataclass(frozen=True)
class AllOf(_Combination):
    """Conjunction: the keys of a mapping, or the list under `all`."""

    example = "`all:` and a list of conditions"
    meaning = "all of them hold"

    @classmethod
    def of(cls, parts: Sequence[Expression]) -> Expression:
        """Return the conjunction of some parts, without nesting."""
        flat = [inner for part in parts for inner in (part.parts if isinstance(part, AllOf) else (part,))]
        return flat[0] if len(flat) == 1 else cls(tuple(flat))

    def holds(self, situation: Situation) -> bool:
        for part in self.parts:  # noqa: SIM110  (a generator for each condition costs more than the tests)
            if not part.holds(situation):
                return False
        return True

    def in_words(self, words: Words) -> str:
        return _join(words, N_("{first} and {second}"), self.parts)

    def json_schema(self, record: RecordSchema) -> Schema:
        return {"allOf": [part.json_schema(record) for part in self.parts]}

    def solr_query(self, index: SearchIndex) -> str:
        return f"({' AND '.join(part.solr_query(index) for part in self.parts)})"


@dataclass(frozen=True)
class AnyOf(_Combination):
    """Disjunction: the list under `any`."""

    example = "`any:` and a list of conditions"
    meaning = "at least one of them holds"

    def holds(self, situation: Situation) -> bool:
        for part in self.parts:  # noqa: SIM110
            if part.holds(situation):
                return True
        return False

    def in_words(self, words: Words) -> str:
        joined = _join(words, N_("{first}, or {second}"), self.parts)
        return f"({joined})"

    def json_schema(self, record: RecordSchema) -> Schema:
        return {"anyOf": [part.json_schema(record) for part in self.parts]}

    def solr_query(self, index: SearchIndex) -> str:
        return f"({' OR '.join(part.solr_query(index) for part in self.parts)})"


def _join(words: Words, template: str, parts: Iterable[Expression]) -> str:
    first, *others = (part.in_words(words) for part in parts)
    for second in others:
        first = words.fill(template, first=first, second=second)
    return first
