"""Data model of the standard: groups, fields, vocabularies, rules, conditions and sentences, as frozen dataclasses.

Of this package it imports only the readers of those files whose content refers to no field, such as the migration
notes, so that the parser of answers, the compiler of conditions and the loader can all build on it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Protocol

from .linked_data import LinkedData
from .migration_notes import Migration
from .placeholders import Placeholders
from .roles import FieldRole, RuleRole
from .versions import Version
from .yaml_source import SourceError

if TYPE_CHECKING:
    from .expressions import Expression

# Record type of the records that name none.
DATASET = "dataset"

Answer = str | tuple[str, ...]
Severity = Literal["error", "concern", "gap"]


def as_list(answer: Answer | None) -> tuple[str, ...]:
    """Return the entries of an answer, an empty tuple for None."""
    if answer is None:
        return ()
    return (answer,) if isinstance(answer, str) else answer


class Situation(Protocol):
    """The parts of a record that conditions can test."""

    @property
    def answers(self) -> Mapping[str, Answer]:
        """Valid answers by field name."""

    @property
    def declared(self) -> Collection[str]:
        """Names of the fields that are declared unknown or not applicable."""

    @property
    def facts(self) -> Mapping[str, bool]:
        """Facts derived from the rest of the record, such as its licence, by name."""

    @property
    def home(self) -> frozenset[str]:
        """Country codes of the home jurisdiction, empty if none is configured."""

    @property
    def review_months(self) -> int:
        """Configured number of months between two reviews."""

    @property
    def today(self) -> date:
        """The day on which the record is judged."""


Test = Callable[[Situation], bool]


@dataclass(frozen=True)
class Condition:
    """A compiled condition: `source` is its YAML as plain values, `fields` names the fields that it reads."""

    source: Mapping[str, Any]
    fields: frozenset[str]
    expression: Expression = dataclass_field(compare=False, repr=False)

    def holds(self, situation: Situation) -> bool:
        """Return whether the condition is met."""
        return self.expression.holds(situation)


Obligation = Condition | Literal["always"] | None


class AnswerType(str, Enum):
    """Types of answers. The scheming preset of a field is `opensmartcity_` followed by this value."""

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
    ALGORITHMS = "systems"
    DECLARATIONS = "declarations"

    # The hash of Enum is slow, and it is computed for each answer of each record.
    __hash__ = str.__hash__

    @cached_property
    def is_list(self) -> bool:
        """Whether answers of this type are lists."""
        return self in _LISTS

    @cached_property
    def is_set(self) -> bool:
        """Whether answers are unordered lists, which are stored sorted."""
        return self in _SETS

    @cached_property
    def is_prose(self) -> bool:
        """Whether answers are written in words, so that a placeholder can stand in their place."""
        return self in _PROSE

    @cached_property
    def is_coded(self) -> bool:
        """Whether answers are codes of a vocabulary."""
        return self in (AnswerType.CODE, AnswerType.CODES)

    @cached_property
    def is_free_text(self) -> bool:
        """Whether people answer in their own words."""
        return self in _FREE_TEXTS


_FREE_TEXTS = frozenset(
    {
        AnswerType.TEXT,
        AnswerType.LONG_TEXT,
        AnswerType.TEXT_OR_URL,
        AnswerType.TEXTS,
        AnswerType.TEXTS_OR_URIS,
        AnswerType.URI,
        AnswerType.URL,
        AnswerType.URLS,
        AnswerType.CONTACT,
    }
)
_PROSE = frozenset(
    {AnswerType.TEXT, AnswerType.LONG_TEXT, AnswerType.TEXT_OR_URL, AnswerType.TEXTS, AnswerType.TEXTS_OR_URIS}
)
_SETS = frozenset({AnswerType.CODES, AnswerType.COUNTRIES, AnswerType.JURISDICTIONS})
_LISTS = frozenset(
    {
        AnswerType.TEXTS,
        AnswerType.TEXTS_OR_URIS,
        AnswerType.URLS,
        AnswerType.CODES,
        AnswerType.COUNTRIES,
        AnswerType.JURISDICTIONS,
        AnswerType.ALGORITHMS,
    }
)


@dataclass(frozen=True)
class Code:
    """A code of a vocabulary. `iri` is the term of a public standard, or a term in the namespace of the standard."""

    code: str
    label: str
    definition: str
    iri: str
    traits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """A closed list of codes."""

    id: str
    label: str
    definition: str
    codes: Mapping[str, Code]


@dataclass(frozen=True)
class Field:
    """A question of the standard, its answer type and its obligation."""

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
    role: FieldRole | None = None


@dataclass(frozen=True)
class Group:
    """A group of fields under one question in the words of residents."""

    id: str
    label: str
    question: str
    fields: tuple[Field, ...]

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of the fields of the group."""
        return frozenset(field.name for field in self.fields)


@dataclass(frozen=True, eq=False)
class RecordType:
    """A type of record (`dataset`, `algorithm`) with its groups in order, and the fields to filter its lists by."""

    type: str
    groups: tuple[Group, ...]
    facets: tuple[Field, ...] = ()

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """All fields by name, in order."""
        return {field.name: field for group in self.groups for field in group.fields}

    @cached_property
    def group_of(self) -> Mapping[str, str]:
        """The group id of each field."""
        return {name: field.group for name, field in self.fields.items()}

    @cached_property
    def roles(self) -> Mapping[FieldRole, Field]:
        """The field that has each role."""
        return {field.role: field for field in self.fields.values() if field.role}


@dataclass(frozen=True)
class Case:
    """A condition under which a rule is violated, and the fields on which that is reported."""

    fields: tuple[str, ...]
    when: Condition


@dataclass(frozen=True)
class Rule:
    """A clause of the standard. A rule without cases is checked by the parser of answers."""

    id: str
    severity: Severity
    records: tuple[str, ...]
    title: str
    clause: str
    message: str
    cases: tuple[Case, ...]
    role: RuleRole | None = None


@dataclass(frozen=True)
class SentenceTemplate:
    """A sentence about some fields, or one sentence for each code.

    `quote` names the field whose answer is quoted verbatim behind the sentence. With `plural`, the entries of the list
    among the fields are counted, and `text` is the sentence for one.
    """

    id: str
    fields: tuple[str, ...]
    state: str
    when: Condition | None
    text: str
    codes: Mapping[str, str]
    quote: str | None
    plural: str = ""


@dataclass(frozen=True)
class Step:
    """A step of the diagram that shows how the data flows. Of each line the first field with an answer is shown."""

    id: str
    label: str
    lines: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Presentation:
    """Texts of the transparency page: the fields that come first, the steps of the diagram and the sentences.

    `left_out` names the sentences that a city's files made impossible.
    """

    first: tuple[str, ...] = ()
    path: tuple[Step, ...] = ()
    sentences: tuple[SentenceTemplate, ...] = ()
    left_out: tuple[SourceError, ...] = ()


@dataclass(frozen=True, eq=False)
class Standard:
    """A complete standard: record types, vocabularies, rules, changelog, migrations and sentences.

    `warnings` tell, with file and line, what a city's files take away from ours without being wrong. `records` are the
    record types by name. A portal can have several dataset types for one of them: `types`.
    """

    name: str
    version: str
    namespace: str
    about: str
    records: Mapping[str, RecordType]
    vocabularies: Mapping[str, Vocabulary]
    rules: Mapping[str, Rule]
    changelog: tuple[Version, ...] = ()
    migrations: tuple[Migration, ...] = ()
    presentation: Presentation = Presentation()
    linked_data: LinkedData = dataclass_field(default_factory=LinkedData)
    placeholders: Placeholders = dataclass_field(default_factory=Placeholders)
    warnings: tuple[SourceError, ...] = ()
    dataset_types: tuple[str, ...] = (DATASET,)

    @cached_property
    def types(self) -> Mapping[str, RecordType]:
        """The record type of each dataset type of a portal; `dataset_types` names those that are datasets."""
        named = dict.fromkeys(self.dataset_types, self.records[DATASET]) if DATASET in self.records else {}
        return named | {kind: record for kind, record in self.records.items() if kind != DATASET}

    def types_of(self, kind: str) -> tuple[str, ...]:
        """Return the dataset types whose records are of one record type."""
        return tuple(name for name, record in self.types.items() if record.type == kind)

    def type_of(self, record: Mapping[str, Any]) -> RecordType:
        """Return the record type of a record by its `type`, `dataset` if it has none; KeyError if there is none."""
        name = str(record.get("type") or DATASET)
        return self.types[name] if name in self.types else self.records[name]

    @cached_property
    def rule_roles(self) -> Mapping[RuleRole, Rule]:
        """The rule that has each role."""
        return {rule.role: rule for rule in self.rules.values() if rule.role}

    @cached_property
    def sentences_of(self) -> Mapping[tuple[str, str], tuple[SentenceTemplate, ...]]:
        """Sentence templates by record type and group id, in the order in which they are tried."""
        return {
            (record.type, group.id): tuple(
                template
                for template in self.presentation.sentences
                if set(template.fields) <= {field.name for field in group.fields}
            )
            for record in self.records.values()
            for group in record.groups
        }

    def vocabulary_of(self, field: Field) -> Vocabulary:
        """Return the vocabulary of a coded field."""
        return self.vocabularies[field.vocabulary or ""]

    def has_trait(self, field: Field, code: Answer | None, trait: str) -> bool:
        """Return whether a valid answer to a coded field is a code that has a trait, such as one of `Trait`."""
        return isinstance(code, str) and trait in self.vocabulary_of(field).codes[code].traits
