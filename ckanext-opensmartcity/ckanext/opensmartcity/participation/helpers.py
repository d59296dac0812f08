"""Template helpers of participation: states, reasons and times as texts, and access to the forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import ckan.plugins.toolkit as tk

from .. import config
from ..governance.helpers.transparency import opensmartcity_moment
from . import moderation


def opensmartcity_takes_questions() -> bool:
    """Tell whether the portal takes questions and stories from anybody at all."""
    return config.questions() != "off"


def opensmartcity_must_log_in_to_ask() -> bool:
    """Tell whether a visitor can write only after logging in."""
    return config.questions() == "members" and not tk.current_user.is_authenticated


def opensmartcity_is_read_first() -> bool:
    """Tell whether a question is shown only once a steward has read it."""
    return config.moderated_before()


def opensmartcity_answer_days() -> int:
    """Return after how many days a question without an answer is overdue."""
    return config.answer_days()


def opensmartcity_reasons() -> list[dict[str, str]]:
    """Return why something may be hidden."""
    return [{"value": code, "text": tk._(text)} for code, text in moderation.REASONS.items()]


def opensmartcity_hidden_reasons(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return for each reason how many are hidden, the most frequent first."""
    rows = sorted(counts.items(), key=lambda row: -row[1])
    return [{"text": tk._(moderation.REASONS.get(code, code)), "count": count} for code, count in rows]


def opensmartcity_reason(code: str) -> str:
    """Say a reason."""
    return str(tk._(moderation.REASONS.get(code, code)))


def opensmartcity_story_kinds() -> list[dict[str, str]]:
    """Return what stories tell of."""
    return [{"value": code, "text": tk._(text)} for code, text in moderation.KINDS.items()]


def opensmartcity_story_kind(code: str) -> str:
    """Say what a story tells of."""
    return str(tk._(moderation.KINDS[code]))


def opensmartcity_question_state(question: Mapping[str, Any]) -> str:
    """Say how far a question is."""
    if question["overdue"]:
        return str(tk._("Overdue"))
    words = moderation.STATES[question["state"]]
    return str(tk._(words))


def opensmartcity_days(days: float) -> str:
    """Say how long something took."""
    n = round(days)
    if n < 1:
        return str(tk._("on the same day"))
    return str(tk.ungettext("after {n} day", "after {n} days", n)).format(n=n)


def opensmartcity_events_since(events: Iterable[Mapping[str, Any]], asked_at: str) -> list[dict[str, str]]:
    """Return the changes after a question was asked, to choose from."""
    asked = datetime.fromisoformat(asked_at)
    later = [each for each in events if datetime.fromisoformat(each["at"].replace("Z", "+00:00")) > asked]
    return [
        {"value": each["id"], "text": f"{opensmartcity_moment(each['at'])}: {each['action_label']}"} for each in later
    ]


def opensmartcity_number(number: Mapping[str, Any]) -> str:
    """Say a number of the city with its unit."""
    value = number["value"]
    said = str(tk.h.localised_number(int(value) if float(value).is_integer() else value))
    return f"{said} {number['unit']}" if number["unit"] else said


def opensmartcity_form_errors(errors: Mapping[str, Any], labels: Mapping[str, str]) -> list[dict[str, str]]:
    """Return every problem of a form with the name of its field, in the order of the fields; others without one."""
    order = [*labels, *(name for name in errors if name not in labels)]
    return [
        {"name": name if name in labels else "", "label": labels.get(name, ""), "text": str(text)}
        for name in order
        for text in _texts(errors.get(name))
    ]


def _texts(problems: Any) -> list[Any]:
    if problems is None:
        return []
    return problems if isinstance(problems, list) else [problems]
