"""Typed results of the core's actions: the JSON that the API returns."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

from ..standard.assessment import Level, State
from ..standard.model import Severity

# Texts of a kind; OpenAPI describes them by these words.
FieldName = Annotated[str, "field"]
RecordTypeName = Annotated[str, "record type"]
Day = Annotated[str, "day"]
Time = Annotated[str, "time"]


class JobResult(TypedDict):
    """Id of an enqueued background job."""

    job: str


class StandardVersion(TypedDict):
    """Version of the standard by which records were assessed, and the SHA-256 of its content."""

    version: str
    digest: str


class RecordStandard(StandardVersion):
    """Version of the standard by which a record was assessed; `recorded` is the one for which it was answered."""

    recorded: str | None


class IndexLag(TypedDict):
    """Lag of the search index: public records that are not indexed yet, or were assessed by former rules."""

    records: int
    stale: bool
    outdated: int
    message: str | None


class FindingResult(TypedDict):
    """Concern or error: a rule id, the fields that it is about, and a translated message."""

    rule: str
    fields: list[str]
    message: str


class EarlierAnswerResult(TypedDict):
    """Answer to a question of an earlier version of the standard; `becomes` names the present question, if any."""

    name: str
    label: str
    value: Any
    becomes: str | None
    message: str


class SentencePart(TypedDict, total=False):
    """Piece of a sentence: fixed text, or a value of the answer of `field`, with `value` as it is stored."""

    text: str
    field: str | None
    value: str | None


class SentenceResult(TypedDict):
    """Sentence for residents; parts with a `field` are values of its answer."""

    id: str | None
    state: State
    fields: list[str]
    text: str
    parts: list[SentencePart]
    quote: str | None


class FieldResult(TypedDict):
    """State of one question, with its answer as stored (`value`) and in words (`display`)."""

    name: FieldName
    label: str
    type: str
    value: str | list[str] | None
    display: str | list[str] | None
    state: State
    required: bool
    reason: str | None
    iri: str


class GroupResult(TypedDict):
    """Level, questions and sentences of one group of questions."""

    id: str
    label: str
    question: str
    level: Level
    fields: list[FieldResult]
    sentences: list[SentenceResult]


class NextStepResult(TypedDict):
    """Question whose answer would improve a record most."""

    field: str
    group: str | None
    question: str | None
    action: Literal["mend", "answer", "find_out", "review"]
    message: str


class AssessmentResult(TypedDict):
    """Assessment of one record as of `assessed_at`; all dates are ISO dates."""

    standard: RecordStandard
    level: Level
    groups: list[GroupResult]
    missing: list[FieldName]
    unknown: list[FieldName]
    concerns: list[FindingResult]
    next_step: NextStepResult | None
    reviewed_on: Day | None
    review_due: Day | None
    review_overdue: bool
    retention_due: Day | None
    disposal_overdue: bool
    assessed_at: Day


class CheckResult(AssessmentResult):
    """Result of governance_check: `errors` are the reasons for which the record would be rejected."""

    errors: list[FindingResult]
    earlier: list[EarlierAnswerResult]


class Provenance(TypedDict):
    """Publisher that gave the answers of a harvested record."""

    name: str
    uri: str | None


class RecordLink(TypedDict):
    """Record with the URL of its page."""

    id: str
    name: str
    title: str
    link: str


class SystemLink(TypedDict):
    """Algorithm record by the name that a dataset uses; null for one that the reader may not see."""

    named: str
    id: str | None
    name: str | None
    title: str | None
    link: str | None


class RecordLinks(TypedDict, total=False):
    """Related records that the reader may see: `systems` of a dataset, or `datasets` of an algorithm record."""

    systems: list[SystemLink]
    datasets: list[RecordLink]
    datasets_total: int


class RecordSummary(TypedDict):
    """Identity of a dataset or algorithm record."""

    id: str
    name: str
    title: str | None
    type: RecordTypeName
    private: bool | None
    state: str
    notes: str | None
    url: str | None
    organization: str | None
    organization_title: str | None


class GovernanceResult(CheckResult, RecordLinks):
    """Result of governance_show."""

    dataset: RecordSummary
    answers_given_by: Provenance | None
    links: dict[str, str]


class StandardGroup(TypedDict):
    """Group of questions of a record type."""

    id: str
    record: RecordTypeName
    label: str
    question: str
    fields: list[FieldName]


class ConditionalObligation(TypedDict):
    """Condition under which a question is required, as in the YAML of the standard."""

    when: dict[str, Any]


class StandardField(TypedDict):
    """Question of the standard; `obligation` is null for an optional one."""

    name: FieldName
    record: RecordTypeName
    group: str
    type: str
    label: str
    question: str
    help: str
    example: str | None
    reason: str
    obligation: ConditionalObligation | Literal["always"] | None
    gap_rule: str | None
    vocabulary: str | None
    iri: str
    role: str | None


class StandardCode(TypedDict):
    """Code of a vocabulary, with the term of a public standard."""

    code: str
    label: str
    definition: str
    iri: str
    traits: list[str]


class StandardVocabulary(TypedDict):
    """Vocabulary with its codes."""

    id: str
    label: str
    definition: str
    codes: list[StandardCode]


class StandardRuleCase(TypedDict):
    """Case of a rule: its condition as in the YAML of the standard, and the fields on which it is reported."""

    fields: list[FieldName]
    when: dict[str, Any]


class StandardRule(TypedDict):
    """Rule of the standard."""

    id: str
    severity: Severity
    records: list[RecordTypeName]
    title: str
    clause: str
    message: str
    cases: list[StandardRuleCase]
    role: str | None


class StandardPlaceholders(TypedDict):
    """Words that count as not known, by language, and the letters that an answer needs, by answer type."""

    minimum_letters: dict[str, int]
    words: dict[str, list[str]]


class StandardNote(TypedDict):
    """Note of a version, and the fields, codes or rules that it is about."""

    what: list[str]
    message: str


class StandardChanges(TypedDict):
    """Version of the standard with its changes; `date` is null for one that is not released."""

    version: str
    date: Day | None
    digest: str | None
    title: str
    added: list[StandardNote]
    changed: list[StandardNote]
    removed: list[StandardNote]


class StandardResult(TypedDict):
    """Result of governance_standard_show."""

    name: str
    version: str
    namespace: str
    about: str
    groups: list[StandardGroup]
    fields: list[StandardField]
    vocabularies: list[StandardVocabulary]
    rules: list[StandardRule]
    placeholders: StandardPlaceholders
    changelog: list[StandardChanges]
    digest: str


class DefaultAnswersResult(TypedDict):
    """Result of governance_defaults_show: the stored `answers`, and the `offers` that the standard still accepts."""

    organization: str
    type: RecordTypeName
    answers: dict[str, Any]
    offers: list[FieldResult]
