"""What the transparency page asks: levels, first answers, concerns, links and dates in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import ckan.plugins.toolkit as tk

from .. import config
from ..logic.governance import request_language
from ..standard import LEVELS, AnswerType, Field, Level, date_in_words, language
from ..standard.contacts import contact_link, is_mailbox, is_phone, is_web_address
from ..standard.levels import LEVEL_LABELS, LEVEL_MEANINGS

# What residents look for first: does it touch me, who answers for it, where can I ask or object.
_FIRST_QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "dataset": ("privacy_class", "ownership_owner", "ownership_contact", "privacy_objection"),
    "algorithm": ("algorithm_decision", "algorithm_owner", "algorithm_contact", "algorithm_objection"),
}
_RULE_DISPOSAL, _RULE_REVIEW = "OSC-031", "OSC-051"


def opensmartcity_is_governed(record_type: str) -> bool:
    """Tell whether the standard knows a type of dataset."""
    return record_type in config.standard().records


def opensmartcity_level(level: Level) -> dict[str, str]:
    """Return the label of a level and what it means."""
    return {"label": tk._(LEVEL_LABELS[level]), "meaning": tk._(LEVEL_MEANINGS[level])}


def opensmartcity_record_note(governance: dict[str, Any]) -> str:
    """Say what the level of a whole record means: it is that of its weakest group, whatever the others say."""
    if governance["level"] == "silent" and any(group["level"] != "silent" for group in governance["groups"]):
        return str(tk._("The city has not said a word about some of the questions below."))
    return opensmartcity_level(governance["level"])["meaning"]


def opensmartcity_levels() -> list[dict[str, str]]:
    """Return all levels from the lowest to the highest, with their words."""
    return [{"level": level, **opensmartcity_level(level)} for level in LEVELS]


def opensmartcity_concerns(governance: dict[str, Any]) -> list[dict[str, Any]]:
    """Return title, text, questions and rule of each concern: what it means to a reader, not what a steward must do."""
    rules, reader = config.standard().rules, language(request_language())
    return [
        {
            "title": reader.translate(rules[concern["rule"]].title),
            "text": _overdue(governance, concern["rule"]) or reader.translate(rules[concern["rule"]].clause),
            "fields": opensmartcity_named(governance, concern["fields"]),
            "rule": concern["rule"],
        }
        for concern in governance["concerns"]
    ]


def _overdue(governance: dict[str, Any], rule_id: str) -> str:
    """Say since when something is overdue; nothing for a rule that is about something else."""
    if rule_id == _RULE_REVIEW and governance["review_overdue"]:
        text = tk._("The city should have checked these answers again by {date}. They may be out of date.")
        return str(text).format(date=opensmartcity_date(governance["review_due"]))
    if rule_id == _RULE_DISPOSAL and governance["disposal_overdue"]:
        text = tk._("The time for keeping this data ended on {date}.")
        return str(text).format(date=opensmartcity_date(governance["retention_due"]))
    return ""


def opensmartcity_first_answers(governance: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the answers that come first on the page, each with its question and what a chosen code means."""
    reader = language(request_language())
    record_type = str(governance["dataset"]["type"])
    questions, shown = config.standard().records[record_type].fields, _shown(governance)
    return [
        {
            "field": shown[name],
            "question": reader.translate(questions[name].question),
            "definition": reader.translate(_definition(questions[name], shown[name]["value"])),
        }
        for name in _FIRST_QUESTIONS.get(record_type, ())
        if name in shown
    ]


def _shown(governance: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the questions that have a place on the page, by name."""
    fields = (field for group in governance["groups"] for field in group["fields"])
    return {field["name"]: field for field in fields if field["state"] != "not_required"}


def _definition(field: Field, code: Any) -> str:
    if field.type is not AnswerType.CODE or not code:
        return ""
    return config.standard().vocabulary_of(field).codes[code].definition


def opensmartcity_named(governance: dict[str, Any], names: Iterable[str]) -> list[dict[str, Any]]:
    """Return those of the named questions that have a place on the page."""
    shown = _shown(governance)
    return [shown[name] for name in names if name in shown]


def opensmartcity_group_note(governance: dict[str, Any], group: dict[str, Any]) -> str:
    """Say what a group leaves open, in numbers; nothing where it leaves nothing open."""
    names = {field["name"] for field in group["fields"]}
    missing, unknown = (len(names.intersection(governance[state])) for state in ("missing", "unknown"))
    concerns = sum(not names.isdisjoint(concern["fields"]) for concern in governance["concerns"])
    counted = (
        (missing, tk.ungettext("{n} answer is missing.", "{n} answers are missing.", missing)),
        (unknown, tk.ungettext("{n} answer is not known yet.", "{n} answers are not known yet.", unknown)),
        (concerns, tk.ungettext("{n} concern.", "{n} concerns.", concerns)),
        (group["level"] == "answered" and governance["review_overdue"], tk._("The review is overdue.")),
    )
    return " ".join(words.format(n=count) for count, words in counted if count)


def opensmartcity_date(day: str) -> str:
    """Say an ISO date in the reader's language."""
    return date_in_words(date.fromisoformat(day), language(request_language()))


def opensmartcity_link(answer: str) -> str | None:
    """Return where an answer can be followed to: an http(s) address, a mailbox or a phone number; else None."""
    if is_web_address(answer) or is_mailbox(answer):
        return contact_link(answer)
    return contact_link(answer) if answer.startswith("+") and is_phone(answer) else None


def opensmartcity_systems(governance: dict[str, Any], named: Iterable[str]) -> list[dict[str, Any]]:
    """Return what the reader may see of each system that an answer names."""
    seen = {system["named"]: system for system in governance.get("systems", ())}
    return [seen.get(name, {"named": name}) for name in named]


def opensmartcity_transparency_of(dataset: dict[str, Any]) -> str:
    """Return the address of the transparency page of a dataset in a list."""
    return str(tk.url_for("opensmartcity.transparency", package_type="dataset", id=dataset["name"]))
