"""Questions and stories as the API and the pages give them: nothing in them tells who asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

import ckan.plugins.toolkit as tk

from .. import config
from .model.questions import Question
from .model.stories import Story

Words = TypeVar("Words", Question, Story)


def due_before(now: datetime | None = None) -> datetime:
    """Return the moment before which a question must have been asked to be overdue now."""
    return (now or datetime.now(timezone.utc)) - timedelta(days=config.answer_days())


def page(name: str, say: Callable[[Words], dict[str, Any]], found: Sequence[Words], limit: int) -> dict[str, Any]:
    """Return at most so many, and where the next page begins if there were more."""
    cursor = str(found[limit - 1].seq) if len(found) > limit else None
    return {name: [say(each) for each in found[:limit]], "next_cursor": cursor}


def question(found: Question) -> dict[str, Any]:
    """Return a question with its answer."""
    answered = found.answered_at
    return {
        "id": found.id,
        "state": found.state,
        "asked_at": moment(found.asked_at),
        "text": found.text,
        "dataset": _record(found),
        "organization": found.organization,
        "organization_title": found.organization_title,
        "passed_on_at": moment(found.passed_on_at),
        "answer": found.answer,
        "answered_at": moment(answered),
        "days_to_answer": round((answered - found.asked_at) / timedelta(days=1), 2) if answered else None,
        "overdue": answered is None and found.state != "hidden" and found.asked_at < due_before(),
        "changes_record": found.changes_record,
        "event": {"id": found.event_id, "at": moment(found.event_at)} if found.event_id else None,
        "hidden_reason": found.hidden_reason if found.state == "hidden" else None,
        "url": _address("opensmartcity_questions.page", found, f"question-{found.id}"),
    }


def story(found: Story) -> dict[str, Any]:
    """Return a story."""
    return {
        "id": found.id,
        "state": found.state,
        "kind": found.kind,
        "told_at": moment(found.told_at),
        "title": found.title,
        "text": found.text,
        "link": found.link,
        "dataset": _record(found),
        "hidden_reason": found.hidden_reason if found.state == "hidden" else None,
        "url": _address("opensmartcity_stories.page", found, f"story-{found.id}"),
    }


def _record(found: Question | Story) -> dict[str, str]:
    return {
        "id": found.package_id,
        "name": found.dataset,
        "title": found.dataset_title,
        "type": found.dataset_type,
    }


def _address(page: str, found: Question | Story, anchor: str) -> str:
    here = {"package_type": found.dataset_type, "id": found.dataset}
    return f"{tk.url_for(page, qualified=True, **here)}#{anchor}"


def moment(at: datetime | None) -> str | None:
    """Return a moment in UTC as RFC 3339 has it."""
    return at.astimezone(timezone.utc).isoformat() if at else None
