"""Results of the actions of participation. Times are RFC 3339 texts in UTC."""

from __future__ import annotations

from typing import TypedDict


class RecordReference(TypedDict):
    """Dataset or algorithm that a question or story is about."""

    id: str
    name: str
    title: str
    type: str


class EventReference(TypedDict):
    """Event of the ledger that followed from a question."""

    id: str
    at: str | None


class _Question(TypedDict):
    id: str
    state: str
    asked_at: str | None
    text: str
    dataset: RecordReference
    organization: str | None
    organization_title: str | None
    passed_on_at: str | None
    answer: str | None
    answered_at: str | None
    days_to_answer: float | None
    overdue: bool
    changes_record: bool
    event: EventReference | None
    hidden_reason: str | None
    url: str


class QuestionResult(_Question, total=False):
    """Question with its answer; `may_settle` only in the list of one record."""

    may_settle: bool


class StoryResult(TypedDict):
    """Story of use or harm."""

    id: str
    state: str
    kind: str
    told_at: str | None
    title: str
    text: str
    link: str | None
    dataset: RecordReference
    hidden_reason: str | None
    url: str


class Receipt(TypedDict):
    """Created question or story, with the receipt code for data subject requests."""

    id: str
    state: str
    code: str


class _QuestionPage(TypedDict):
    questions: list[QuestionResult]
    next_cursor: str | None


class QuestionPage(_QuestionPage, total=False):
    """Page of questions; `states`, `hidden_reasons` and `may_settle` only for one record."""

    states: dict[str, int]
    hidden_reasons: dict[str, int]
    may_settle: bool


class _StoryPage(TypedDict):
    stories: list[StoryResult]
    next_cursor: str | None


class StoryPage(_StoryPage, total=False):
    """Page of stories; `may_decide` only for one record."""

    may_decide: bool
