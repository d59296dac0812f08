"""What the city page counts of questions and stories: of public records only, the same for everybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ...model import stories, voices
from ...model.voices import Counted
from ...standard.messages import N_
from ..history import labels
from . import dictize

_YEAR = timedelta(days=365)
_LATEST = 3


@dataclass(frozen=True)
class Share:
    """How many of some, and the lists of those that are and that are not."""

    count: int
    of: int
    list: str
    rest_list: str


@dataclass(frozen=True)
class Number:
    """A number with its unit in words, and the list behind it."""

    value: float
    unit: tuple[str, str] | None
    list: str


def counted() -> Counted:
    """Count what there is."""
    now = datetime.now(timezone.utc)
    return voices.counted(model.Session(), labels.user_labels(None), dictize.due_before(now), now - _YEAR)


def _answered(found: Counted) -> Share | None:
    if not found.questions:
        return None
    return Share(found.answered, found.questions, _questions(state="answered"), _questions(state="open"))


def _in_time(found: Counted) -> Share | None:
    if not found.questions:
        return None
    return Share(found.questions - found.overdue, found.questions, _questions(), _questions(overdue="true"))


def _days(found: Counted) -> Number | None:
    unit = (N_("day"), N_("days"))
    return None if found.days is None else Number(round(found.days, 1), unit, _questions(state="answered"))


def _stories(found: Counted) -> Number | None:
    return (
        None
        if not found.stories
        else Number(found.stories, None, str(tk.url_for("opensmartcity_stories.portal", qualified=True)))
    )


def _questions(**asked: str) -> str:
    return str(tk.url_for("opensmartcity_questions.portal", qualified=True, **asked))


SOURCES: Mapping[str, Callable[[Counted], Share | Number | None]] = {
    "questions_answered": _answered,
    "questions_in_time": _in_time,
    "days_to_answer": _days,
    "stories": _stories,
}


def latest_stories() -> list[dict[str, Any]]:
    """Return the newest stories about public records."""
    wanted = {"q": None, "kind": None, "before": 2**63 - 1, "limit": _LATEST}
    return [dictize.story(found) for found in stories.of_portal(model.Session(), labels.user_labels(None), wanted)]
