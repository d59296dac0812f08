"""Read-only summaries of questions and stories.

- Newest answers for feeds (`feed_entries`).
- Choices for the forms of stewards (`organizations`, `public_events`).
- Indicators of the city page, counted over public records only and therefore equal for all users (`indicators`).
- Newest questions and stories of one record for its page (`at_a_glance`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ..feature import Number, Share
from ..governance import permission_labels
from ..governance.governance import request_language
from ..governance.model import catalogue
from ..standard.i18n import N_
from . import dictize
from .dictize import moment
from .model import participants, stories
from .model.participants import Counted

_MOST = 20


def answers_about(dataset: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the newest answers about one record that is still there."""
    if dataset["state"] != "active":
        return []
    return [_answer(row) for row in participants.answered_of_record(model.Session(), dataset["id"], _MOST)]


def public_answers() -> list[dict[str, Any]]:
    """Return the newest answers about public records."""
    return [
        _answer(row)
        for row in participants.answered_of_portal(model.Session(), permission_labels.user_labels(None), _MOST)
    ]


def _answer(row: Any) -> dict[str, Any]:
    here = {"package_type": row.dataset_type, "id": row.dataset}
    page = tk.url_for("opensmartcity_questions.page", qualified=True, **here)
    return {
        "id": str(row.id),
        "at": moment(row.answered_at),
        "title": row.dataset_title,
        "text": row.text,
        "answer": row.answer,
        "by": row.organization_title or tk.config["ckan.site_title"],
        "url": f"{page}#question-{row.id}",
    }


_NEWEST = 20


def organizations() -> list[dict[str, str]]:
    """Return the organisations to which a question can be passed on."""
    return [{"name": name, "title": title} for name, title in catalogue.organizations()]


def public_events(dataset_id: str) -> list[dict[str, Any]]:
    """Return the newest changes of a record that everybody may see."""
    asked = {"id": dataset_id, "limit": _NEWEST, "lang": request_language()}
    try:
        events = tk.get_action("governance_history")({"user": "", "ignore_auth": False}, asked)["events"]
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return []
    return [event for event in events if not event["hidden"]]


_YEAR = timedelta(days=365)
_LATEST = 3


def counted() -> Counted:
    """Count what there is."""
    now = datetime.now(timezone.utc)
    return participants.counted(
        model.Session(), permission_labels.user_labels(None), dictize.due_before(now), now - _YEAR
    )


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


def indicators() -> dict[str, Share | Number | None]:
    """Return the indicators that count questions and stories, by source."""
    counts = counted()
    return {name: read(counts) for name, read in SOURCES.items()}


def feed_entries(dataset: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return the newest answers for a feed: about one dataset, or about all public ones."""
    return public_answers() if dataset is None else answers_about(dataset)


def latest_stories() -> list[dict[str, Any]]:
    """Return the newest stories about public records."""
    wanted = {"q": None, "kind": None, "before": 2**63 - 1, "limit": _LATEST}
    return [
        dictize.story(found)
        for found in stories.of_portal(model.Session(), permission_labels.user_labels(None), wanted)
    ]


_EACH = 2


def at_a_glance(dataset_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return what everybody who sees the record may read of its questions and stories."""
    rows = participants.at_a_glance(model.Session(), dataset_id, _EACH)
    said = [{**row, "at": moment(row["at"]), "answered_at": moment(row["answered_at"])} for row in rows]
    return {
        "questions": [each for each in said if each["kind"] == "question"],
        "stories": [each for each in said if each["kind"] != "question"],
    }
