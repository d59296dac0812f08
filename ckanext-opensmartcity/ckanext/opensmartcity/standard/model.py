"""The standard as typed values: groups, fields, vocabularies and rules of each kind of record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Literal

from .conditions import Condition
from .migration_notes import Migration
from .versions import Version

Severity = Literal["error", "concern", "gap"]
Obligation = Condition | Literal["always"] | None


class AnswerType(str, Enum):
    """What kind of answer a field takes; the scheming preset of the field is `opensmartcity_` plus this value."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    TEXT_OR_URL = "text_or_url"
    TEXTS = "texts"
    TEXTS_OR_URIS = "texts_or_uris"
    URI = "uri"
    URL = "url"
    URLS = "urls"
    CONTACT = "contact"
    DATE = "date"
    DURATION = "duration"
    CODE = "code"
    CODES = "codes"
    COUNTRY = "country"
    COUNTRIES = "countries"
    JURISDICTIONS = "jurisdictions"
    UUID = "uuid"
    SYSTEMS = "systems"
    DECLARATIONS = "declarations"

    # Enum's own hash is slow, and each answer of each record asks for it.
    __hash__ = str.__hash__

    @cached_property
    def is_list(self) -> bool:
        """Tell whether an answer of this type is a list."""
        return self in _LISTS

    @cached_property
    def is_set(self) -> bool:
        """Tell whether the entries of an answer have no order of their own."""
        return self in _SETS

    @cached_property
    def is_coded(self) -> bool:
        """Tell whether the answer is chosen from a vocabulary."""
        return self in (AnswerType.CODE, AnswerType.CODES)


_SETS = frozenset({AnswerType.CODES, AnswerType.COUNTRIES, AnswerType.JURISDICTIONS})
_LISTS = frozenset(
    {
        AnswerType.TEXTS,
        AnswerType.TEXTS_OR_URIS,
        AnswerType.URLS,
        AnswerType.CODES,
        AnswerType.COUNTRIES,
        AnswerType.JURISDICTIONS,
        AnswerType.SYSTEMS,
    }
)


@dataclass(frozen=True)
class Code:
    """One code of a vocabulary, with the term of a public standard or of our own namespace."""

    code: str
    label: str
    definition: str
    iri: str


@dataclass(frozen=True)
class Vocabulary:
    """A closed list of codes."""

    id: str
    label: str
    definition: str
    codes: Mapping[str, Code]


@dataclass(frozen=True)
class Field:
    """One question of the standard and how it is answered."""

    name: str
    type: AnswerType
    group: str
    label: str
    question: str
    help: str
    example: str | None
    reason: str
    obligation: Obligation
    gap_rule: str
    iri: str
    vocabulary: str | None


@dataclass(frozen=True)
class Group:
    """Questions that belong together, under the one question that a resident asks."""

    id: str
    label: str
    question: str
    fields: tuple[Field, ...]

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of its fields."""
        return frozenset(field.name for field in self.fields)


@dataclass(frozen=True, eq=False)
class RecordType:
    """A kind of record (`dataset`, `algorithm`) with its groups in order."""

    type: str
    groups: tuple[Group, ...]

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """All governed fields by name, in order."""
        return {field.name: field for group in self.groups for field in group.fields}

    @cached_property
    def group_of(self) -> Mapping[str, str]:
        """The group id of each field."""
        return {name: field.group for name, field in self.fields.items()}


@dataclass(frozen=True)
class Case:
    """When a rule is met, and on which fields it is reported."""

    fields: tuple[str, ...]
    when: Condition


@dataclass(frozen=True)
class Rule:
    """One clause of the standard; a rule without cases is checked by the answer types themselves."""

    id: str
    severity: Severity
    records: tuple[str, ...]
    title: str
    clause: str
    message: str
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class SentenceTemplate:
    """How answers are said on the page: one sentence, or one for each code; `quote` is said in the city's own words."""

    id: str
    fields: tuple[str, ...]
    state: str
    when: Condition | None
    text: str
    codes: Mapping[str, str]
    quote: str | None


@dataclass(frozen=True)
class Step:
    """A station on the way of the data; of each line the first answer that is given."""

    id: str
    label: str
    lines: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Telling:
    """How the page tells answers: which come first, the sentences, and the steps of the picture."""

    first: tuple[str, ...] = ()
    path: tuple[Step, ...] = ()
    sentences: tuple[SentenceTemplate, ...] = ()


@dataclass(frozen=True, eq=False)
class Standard:
    """All that a city promises to say, as one value."""

    name: str
    version: str
    namespace: str
    about: str
    records: Mapping[str, RecordType]
    vocabularies: Mapping[str, Vocabulary]
    rules: Mapping[str, Rule]
    changelog: tuple[Version, ...] = ()
    migrations: tuple[Migration, ...] = ()
    telling: Telling = Telling()

    @cached_property
    def sentences_of(self) -> Mapping[tuple[str, str], tuple[SentenceTemplate, ...]]:
        """The sentences of each group, by record type and group id, in the order in which they are tried."""
        return {
            (record.type, group.id): tuple(
                template
                for template in self.telling.sentences
                if set(template.fields) <= {field.name for field in group.fields}
            )
            for record in self.records.values()
            for group in record.groups
        }

    def vocabulary_of(self, field: Field) -> Vocabulary:
        """Return the vocabulary of a coded field."""
        return self.vocabularies[field.vocabulary or ""]
