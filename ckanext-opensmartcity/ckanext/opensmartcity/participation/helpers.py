"""Template helpers of participation: states, reasons and times as texts, and access to the forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import ckan.plugins.toolkit as tk

from .. import config
from ..governance.helpers.transparency import opensmartcity_moment
from ..standard.i18n import N_
from . import moderation

_WHO_MAY_ASK = {
    "open": N_("Anybody may ask. The city answers here, for all to read, within {n} days."),
    "members": N_("Members of this portal may ask. The city answers here, for all to read, within {n} days."),
    "off": N_("This portal takes no questions now. You can still read what was asked before."),
}


def opensmartcity_who_may_ask() -> str:
    """Return who may ask and when the city answers, or that the portal takes no questions."""
    label = _WHO_MAY_ASK[config.questions()]
    return str(tk._(label)).format(n=config.answer_days())


def opensmartcity_takes_questions() -> bool:
    """Return whether the portal accepts questions and stories."""
    return config.questions() != "off"


def opensmartcity_must_log_in_to_ask() -> bool:
    """Return whether the visitor must log in to contribute."""
    return config.questions() == "members" and not tk.current_user.is_authenticated


def opensmartcity_needs_no_account() -> bool:
    """Return whether visitors can contribute without an account."""
    return config.questions() == "open"


def opensmartcity_is_read_first() -> bool:
    """Return whether questions are moderated before publication."""
    return config.moderated_before()


def opensmartcity_reasons() -> list[dict[str, str]]:
    """Return the reasons for hiding, as options of a select."""
    return [{"value": code, "text": tk._(text)} for code, text in moderation.REASONS.items()]


def opensmartcity_hidden_reasons(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the number of hidden questions by reason, most frequent first."""
    rows = sorted(counts.items(), key=lambda row: -row[1])
    return [{"text": tk._(moderation.REASONS.get(code, code)), "count": count} for code, count in rows]


def opensmartcity_reason(code: str) -> str:
    """Return the text of a reason for hiding."""
    return str(tk._(moderation.REASONS.get(code, code)))


def opensmartcity_story_kinds() -> list[dict[str, str]]:
    """Return the kinds of stories, as options of a select."""
    return [{"value": code, "text": tk._(text)} for code, text in moderation.KINDS.items()]


def opensmartcity_story_kind(code: str) -> str:
    """Return the text of a kind of story."""
    return str(tk._(moderation.KINDS[code]))


def opensmartcity_question_state(question: Mapping[str, Any]) -> str:
    """Return the state of a question as text."""
    if question["overdue"]:
        return str(tk._("Overdue"))
    # Babel would extract a literal key inside the call.
    label = moderation.STATES[question["state"]]
    return str(tk._(label))


def opensmartcity_days(days: float) -> str:
    """Return a duration in days as text."""
    n = round(days)
    if n < 1:
        return str(tk._("on the same day"))
    return str(tk.ungettext("after {n} day", "after {n} days", n)).format(n=n)


def opensmartcity_events_since(events: Iterable[Mapping[str, Any]], asked_at: str) -> list[dict[str, str]]:
    """Return the events after a question was asked, as options of a select."""
    asked = datetime.fromisoformat(asked_at)
    later = [each for each in events if datetime.fromisoformat(each["at"].replace("Z", "+00:00")) > asked]
    return [
        {"value": each["id"], "text": f"{opensmartcity_moment(each['at'])}: {each['action_label']}"} for each in later
    ]


def opensmartcity_form_errors(errors: Mapping[str, Any], labels: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the error summary of a form in the order of its fields; others come last, without a label."""
    order = [*(name for name in labels if name in errors), *(name for name in errors if name not in labels)]
    return [
        {"name": name if name in labels else "", "label": labels.get(name, ""), "text": str(text)}
        for name in order
        if errors[name] is not None
        for text in (errors[name] if isinstance(errors[name], list) else [errors[name]])
    ]
