"""Typed results of the core's actions: the JSON that the API returns."""

from __future__ import annotations

from typing import Any, TypedDict


class JobResult(TypedDict):
    """Id of an enqueued background job."""

    job: str


class StandardVersion(TypedDict):
    """Version of the standard; `digest` is SHA-256 of its content, `recorded` the version a record was answered for."""

    version: str
    digest: str
    recorded: str | None


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


class SentenceResult(TypedDict):
    """Sentence for residents; parts with a `field` are values of its answer."""

    id: str | None
    state: str
    fields: list[str]
    text: str
    parts: list[dict[str, str | None]]
    quote: str | None


class FieldResult(TypedDict):
    """State of one question, with its answer as stored (`value`) and in words (`display`)."""

    name: str
    label: str
    type: str
    value: str | list[str] | None
    display: str | list[str] | None
    state: str
    required: bool
    reason: str | None
    iri: str


class GroupResult(TypedDict):
    """Level, questions and sentences of one group of questions."""

    id: str
    label: str
    question: str
    level: str
    fields: list[FieldResult]
    sentences: list[SentenceResult]


class NextStepResult(TypedDict):
    """Question whose answer would improve a record most."""

    field: str
    group: str | None
    question: str | None
    action: str
    message: str


class AssessmentResult(TypedDict):
    """Assessment of one record as of `assessed_at`; all dates are ISO dates."""

    standard: StandardVersion
    level: str
    groups: list[GroupResult]
    missing: list[str]
    unknown: list[str]
    concerns: list[FindingResult]
    next_step: NextStepResult | None
    reviewed_on: str | None
    review_due: str | None
    review_overdue: bool
    retention_due: str | None
    disposal_overdue: bool
    assessed_at: str


class CheckResult(AssessmentResult):
    """Result of governance_check: `errors` are the reasons for which the record would be rejected."""

    errors: list[FindingResult]
    earlier: list[EarlierAnswerResult]


class Provenance(TypedDict):
    """Publisher that gave the answers of a harvested record."""

    name: str
    uri: str | None


class RecordLinks(TypedDict, total=False):
    """Related records that the reader may see: `systems` of a dataset, or `datasets` of an algorithm record."""

    systems: list[dict[str, Any]]
    datasets: list[dict[str, Any]]
    datasets_total: int


class GovernanceResult(CheckResult, RecordLinks):
    """Result of governance_show."""

    dataset: dict[str, Any]
    answers_given_by: Provenance | None
    links: dict[str, str]


class StandardResult(TypedDict):
    """Result of governance_standard_show."""

    name: str
    version: str
    namespace: str
    about: str
    groups: list[dict[str, Any]]
    fields: list[dict[str, Any]]
    vocabularies: list[dict[str, Any]]
    rules: list[dict[str, Any]]
    changelog: list[dict[str, Any]]
    digest: str


class DefaultAnswersResult(TypedDict):
    """Result of governance_defaults_show: the stored `answers`, and the `offers` that the standard still accepts."""

    organization: str
    type: str
    answers: dict[str, Any]
    offers: list[FieldResult]
