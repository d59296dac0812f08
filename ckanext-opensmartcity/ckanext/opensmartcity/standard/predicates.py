"""Predicates: the tests of the condition language that have a name, and their registry.

A predicate is one class. It compiles its YAML with errors that name file and line, evaluates, and writes itself as
text, as JSON Schema and as a Solr query (see `expressions`). A `FieldPredicate` tests the answer of a field and stands
below its name (`FIELD: {personal: true}`), a `Fact` tests the rest of a record (`licence_open: true`). Whatever reads
conditions walks their tree: no other module knows the name of a predicate.

`register` adds a predicate. Other packages call it before the standard is loaded; see docs/how-to/add-a-predicate.md.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from .expressions import Expression, Not, SearchIndex, Words
from .model import AnswerType, Field, Situation
from .yaml_source import Section

if TYPE_CHECKING:
    from .facts import Dates

RESERVED = ("all", "any", "not")
_NAME = re.compile(r"[a-z]+(_[a-z]+)*")


@dataclass(frozen=True)
class Names:
    """The fields that conditions can name: the answer type of each, and the codes of those with a vocabulary."""

    types: Mapping[str, AnswerType]
    codes: Mapping[str, Collection[str] | None]


class Predicate(Expression):
    """Base of named predicates that are true or false.

    `words` and `negated_words` are msgids; those of a field predicate contain `{field}`. Without `negated_words`, the
    negation is "not (…)". With `indexed`, the search index marks the records for which the predicate holds, so that it
    can be counted. Then it must not depend on the day.
    """

    name: ClassVar[str]
    words: ClassVar[str]
    negated_words: ClassVar[str] = ""
    indexed: ClassVar[bool] = False

    @property
    @abstractmethod
    def mark(self) -> str:
        """Text that identifies the predicate in messages and in the search index."""

    @property
    def depends_on_day(self) -> bool:
        # An unknown predicate may read anything: to index it for each phase of a record costs time, and is never wrong.
        return not self.indexed

    def __str__(self) -> str:
        return self.mark

    def solr_query(self, index: SearchIndex) -> str:
        return index.marked(self.mark) if self.indexed else super().solr_query(index)

    @classmethod
    def is_countable(cls) -> bool:
        """Return whether the search index can count it."""
        return cls.indexed or cls.solr_query is not Predicate.solr_query

    @classmethod
    def has_json_schema(cls) -> bool:
        """Return whether JSON Schema can express it."""
        return cls.json_schema is not Expression.json_schema


@dataclass(frozen=True)
class FieldPredicate(Predicate):
    """Predicate on the answer of a field, written `FIELD: {NAME: true}`, or with `false` as its negation.

    `accepts` lists the answer types that it can test. A predicate with another value than true and false overrides
    `compile`.
    """

    field: str

    accepts: ClassVar[Collection[AnswerType]] = frozenset(AnswerType)

    @classmethod
    def compile(cls, field: str, section: Section, names: Names) -> Expression:
        """Compile `section[cls.name]`, which stands below the name of `field`. Raise SourceError if it is invalid."""
        expected = section[cls.name]
        if not isinstance(expected, bool):
            raise section.error(f"'{cls.name}' must be true or false", cls.name)
        cls.check_type(field, section, names)
        return cls(field) if expected else Not(cls(field))

    @classmethod
    def check_type(cls, field: str, section: Section, names: Names) -> None:
        """Raise SourceError if the predicate cannot test the answers of a field."""
        if names.types[field] not in cls.accepts:
            accepted = ", ".join(sorted(answer.value for answer in cls.accepts))
            reason = f"'{cls.name}' is for answers of type {accepted}; '{field}' is of type {names.types[field].value}"
            raise section.error(reason, cls.name)

    @property
    def mark(self) -> str:
        return f"{self.field}:{self.name}"

    @property
    def fields(self) -> frozenset[str]:
        return frozenset({self.field})

    def in_words(self, words: Words) -> str:
        return words.fill(self.words, field=words.field(self.field))

    def negation_in_words(self, words: Words) -> str:
        if not self.negated_words:
            return super().negation_in_words(words)
        return words.fill(self.negated_words, field=words.field(self.field))


@dataclass(frozen=True)
class Fact(Predicate):
    """Predicate on the parts of a record that are not answers, written `NAME: true`, or `NAME: false`."""

    @staticmethod
    @abstractmethod
    def measure(record: Mapping[str, Any], dates: Dates) -> bool:
        """Return whether the fact holds. It is measured once for each record and read from `Situation.facts`."""

    @classmethod
    def compile(cls, section: Section) -> Expression:
        """Compile `section[cls.name]`. Raise SourceError if it is invalid."""
        expected = section[cls.name]
        if not isinstance(expected, bool):
            raise section.error(f"the fact '{cls.name}' must be true or false", cls.name)
        return cls() if expected else Not(cls())

    @property
    def mark(self) -> str:
        return self.name

    def holds(self, situation: Situation) -> bool:
        return situation.facts[self.name]

    def in_words(self, words: Words) -> str:
        return words.fill(self.words)

    def negation_in_words(self, words: Words) -> str:
        return words.fill(self.negated_words) if self.negated_words else super().negation_in_words(words)


P = TypeVar("P", bound=type[Predicate])

FIELD_PREDICATES: dict[str, type[FieldPredicate]] = {}
FACTS: dict[str, type[Fact]] = {}


def register(predicate: P) -> P:
    """Add a predicate to the condition language; usable as a class decorator.

    Register before the standard is loaded. Raise ValueError if the class is incomplete or its name is taken.
    """
    registry: dict[str, Any] = FACTS if issubclass(predicate, Fact) else FIELD_PREDICATES
    if not issubclass(predicate, (Fact, FieldPredicate)):
        raise ValueError(f"{predicate.__qualname__} is neither a FieldPredicate nor a Fact")
    missing = [name for name in ("name", "example", "meaning", "words") if not getattr(predicate, name, None)]
    missing += sorted(getattr(predicate, "__abstractmethods__", ()))
    if missing:
        raise ValueError(f"the predicate {predicate.__qualname__} lacks {', '.join(missing)}")
    if not _NAME.fullmatch(predicate.name) or predicate.name in RESERVED:
        raise ValueError(f"'{predicate.name}' cannot be the name of a predicate: use lower-case words joined by '_'")
    if predicate.name in {**FACTS, **FIELD_PREDICATES} and registry.get(predicate.name) is not predicate:
        raise ValueError(f"there are two predicates with the name '{predicate.name}'")
    registry[predicate.name] = predicate
    return predicate


def indexed_names() -> list[str]:
    """Return the names of the predicates that the search index marks."""
    return sorted(name for name, each in {**FACTS, **FIELD_PREDICATES}.items() if each.indexed)


def marks(fields: Iterable[Field], situation: Situation) -> Iterator[str]:
    """Yield the marks of the indexed predicates that hold for a record with some fields."""
    yield from (name for name, fact in FACTS.items() if fact.indexed and situation.facts[name])
    indexed = [predicate for predicate in FIELD_PREDICATES.values() if predicate.indexed]
    for field in fields:
        for predicate in indexed:
            if field.type in predicate.accepts and (marked := predicate(field.name)).holds(situation):
                yield marked.mark


def from_mark(mark: str) -> Predicate:
    """Return the predicate that has a mark. Raise KeyError if it is not registered."""
    field, separator, name = mark.partition(":")
    return FIELD_PREDICATES[name](field) if separator else FACTS[mark]()
