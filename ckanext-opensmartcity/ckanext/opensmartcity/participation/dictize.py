"""Questions and stories as results of actions. Times are RFC 3339 texts in UTC."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Literal, TypedDict

import ckan.plugins.toolkit as tk

from .. import config
from ..governance.types import Time
from .model.questions import Question
from .model.stories import Story


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


class Contribution(TypedDict):
    """Question or story of a person, with the personal data that is stored beside it.

    `title` and `link` only of a story, `answer` and `answered_at` only of a question.
    """

    kind: Literal["question", "story"]
    id: str
    dataset: str
    at: Time
    state: str
    title: str | None
    text: str
    link: str | None
    answer: str | None
    answered_at: Time | None
    hidden_reason: str | None
    email: str | None
    language: str


class ContributionsResult(TypedDict):
    """Everything that was written under one receipt code."""

    contributions: list[Contribution]


class ErasureResult(TypedDict):
    """Number of questions and stories that were deleted."""

    deleted: int


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


def due_before(now: datetime | None = None) -> datetime:
    """Return the time before which an open question must have been asked to be overdue now."""
    return (now or datetime.now(timezone.utc)) - timedelta(days=config.answer_days())


def next_cursor(rows: Sequence[Question] | Sequence[Story], limit: int) -> str | None:
    """Return the cursor of the next page if there are more rows than `limit` (keyset pagination)."""
    return str(rows[limit - 1].seq) if len(rows) > limit else None


def question(row: Question) -> QuestionResult:
    """Return a question with its answer."""
    answered_at = row.answered_at
    return {
        "id": row.id,
        "state": row.state,
        "asked_at": moment(row.asked_at),
        "text": row.text,
        "dataset": _record(row),
        "organization": row.organization,
        "organization_title": row.organization_title,
        "passed_on_at": moment(row.passed_on_at),
        "answer": row.answer,
        "answered_at": moment(answered_at),
        "days_to_answer": round((answered_at - row.asked_at) / timedelta(days=1), 2) if answered_at else None,
        "overdue": answered_at is None and row.state != "hidden" and row.asked_at < due_before(),
        "changes_record": row.changes_record,
        "event": {"id": row.event_id, "at": moment(row.event_at)} if row.event_id else None,
        "hidden_reason": row.hidden_reason if row.state == "hidden" else None,
        "url": _url("opensmartcity_questions.page", row, f"question-{row.id}"),
    }


def story(row: Story) -> StoryResult:
    """Return a story."""
    return {
        "id": row.id,
        "state": row.state,
        "kind": row.kind,
        "told_at": moment(row.told_at),
        "title": row.title,
        "text": row.text,
        "link": row.link,
        "dataset": _record(row),
        "hidden_reason": row.hidden_reason if row.state == "hidden" else None,
        "url": _url("opensmartcity_stories.page", row, f"story-{row.id}"),
    }


def _record(row: Question | Story) -> RecordReference:
    return {
        "id": row.package_id,
        "name": row.dataset,
        "title": row.dataset_title,
        "type": row.dataset_type,
    }


def _url(endpoint: str, row: Question | Story, anchor: str) -> str:
    params = {"package_type": row.dataset_type, "id": row.dataset}
    return f"{tk.url_for(endpoint, qualified=True, **params)}#{anchor}"


def moment(at: datetime | None) -> str | None:
    """Return a time in UTC in the format of RFC 3339."""
    return at.astimezone(timezone.utc).isoformat() if at else None
