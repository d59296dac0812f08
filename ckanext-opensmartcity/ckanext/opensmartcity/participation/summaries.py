"""Read-only summaries of questions and stories.

- Newest answers for feeds (`feed_entries`).
- Choices for the forms of stewards (`organizations`, `public_events`).
- Indicators of the city page, counted over public records only and therefore equal for all users (`indicators`).
- Newest questions and stories of one record for its page (`at_a_glance`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, TypedDict

import ckan.plugins.toolkit as tk
from ckan import model

from ..contributions import Number, Share
from ..feature import call_if_enabled
from ..governance import permission_labels
from ..governance.governance import request_language
from ..governance.model import MAX_BIGINT, catalogue
from ..standard.i18n import N_
from . import dictize
from .dictize import StoryResult, moment
from .model import participants, stories

_FEED_SIZE = 20
_EVENTS = 20
_YEAR = timedelta(days=365)
_LATEST = 3
_EACH = 2


def answers_about(dataset: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the newest answers about one record, [] if it is deleted."""
    if dataset["state"] != "active":
        return []
    return [_feed_entry(row) for row in participants.answered_of_record(model.Session(), dataset["id"], _FEED_SIZE)]


def public_answers() -> list[dict[str, Any]]:
    """Return the newest answers about public records."""
    return [
        _feed_entry(row)
        for row in participants.answered_of_portal(model.Session(), permission_labels.user_labels(None), _FEED_SIZE)
    ]


def _feed_entry(row: Any) -> dict[str, Any]:
    params = {"package_type": row.dataset_type, "id": row.dataset}
    page = tk.url_for("opensmartcity_questions.page", qualified=True, **params)
    return {
        "id": str(row.id),
        "at": moment(row.answered_at),
        "title": row.dataset_title,
        "text": row.text,
        "answer": row.answer,
        "by": row.organization_title or tk.config["ckan.site_title"],
        "url": f"{page}#question-{row.id}",
    }


def organizations() -> list[dict[str, str]]:
    """Return the organisations to which a question can be passed on."""
    return [{"name": name, "title": title} for name, title in catalogue.organizations()]


def public_events(dataset_id: str) -> list[dict[str, Any]]:
    """Return the newest public events of a record, [] if it is not public."""
    params = {"id": dataset_id, "limit": _EVENTS, "lang": request_language()}
    try:
        history = call_if_enabled("governance_history", {"user": "", "ignore_auth": False}, params)
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return []
    return [event for event in history["events"] if not event["hidden"]] if history else []


def _list_url(**filters: str) -> str:
    return str(tk.url_for("opensmartcity_questions.portal", qualified=True, **filters))


def indicators() -> dict[str, Share | Number | None]:
    """Return the indicators of questions and stories about public records, by source; None if there are none yet."""
    now = datetime.now(timezone.utc)
    counts = participants.count(
        model.Session(), permission_labels.user_labels(None), dictize.due_before(now), now - _YEAR
    )
    answered = in_time = days = stories_shown = None
    if counts.questions:
        answered = Share(counts.answered, counts.questions, _list_url(state="answered"), _list_url(state="open"))
        lists = _list_url(overdue="false"), _list_url(overdue="true")
        in_time = Share(counts.questions - counts.overdue, counts.questions, *lists)
    if counts.days is not None:
        days = Number(round(counts.days, 1), (N_("day"), N_("days")), _list_url(state="answered"))
    if counts.stories:
        url = str(tk.url_for("opensmartcity_stories.portal", qualified=True))
        stories_shown = Number(counts.stories, None, url)
    return {
        "questions_answered": answered,
        "questions_in_time": in_time,
        "days_to_answer": days,
        "stories": stories_shown,
    }


def feed_entries(dataset: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return the newest answers for a feed: about one dataset, or about all public ones."""
    return public_answers() if dataset is None else answers_about(dataset)


class CityStories(TypedDict):
    """Newest stories about public records, on the city page."""

    stories: list[StoryResult]


def city_content() -> CityStories:
    """Return the newest stories about public records."""
    filters = {"q": None, "kind": None, "before": MAX_BIGINT, "limit": _LATEST}
    rows = stories.of_portal(model.Session(), permission_labels.user_labels(None), filters)
    return {"stories": [dictize.story(row) for row in rows]}


def at_a_glance(dataset_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return the newest published questions and stories of a record."""
    rows = participants.at_a_glance(model.Session(), dataset_id, _EACH)
    items = [{**row, "at": moment(row["at"]), "answered_at": moment(row["answered_at"])} for row in rows]
    return {
        "questions": [each for each in items if each["kind"] == "question"],
        "stories": [each for each in items if each["kind"] != "question"],
    }
