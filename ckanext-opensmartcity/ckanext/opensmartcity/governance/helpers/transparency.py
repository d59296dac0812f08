"""What the pages of the history ask: changes as sentences, moments in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import ckan.plugins.toolkit as tk
import nh3
from babel.dates import format_datetime
from babel.lists import format_list
from ckan.lib.helpers import MARKDOWN_ATTRIBUTES, MARKDOWN_TAGS
from markupsafe import Markup

from ... import config
from ...ledger_format.event_text import change_in_words
from ...standard import LEVELS, AnswerType, Language, Level, date_in_words, language
from ...standard.contacts import contact_link, is_mailbox, is_phone, is_web_address
from ...standard.display import LEVEL_LABELS, LEVEL_MEANINGS
from ...standard.model import Step
from ...standard.sentences import cut
from ..governance import request_language
from ..svg import Station, draw_flow

# More sentences than a reader takes in: then the table below says it all.
_MOST_SENTENCES = 6


def opensmartcity_sentences(event: dict[str, Any]) -> list[str]:
    """Return what an event changed, a sentence each; none where there are too many to read."""
    changes = event["changes"]
    reader = language(request_language())
    return [change_in_words(change, reader) for change in changes] if len(changes) <= _MOST_SENTENCES else []


def opensmartcity_moment(at: str) -> str:
    """Say an instant (RFC 3339) as a date and a time of UTC in the reader's language."""
    moment = datetime.fromisoformat(at.replace("Z", "+00:00"))
    locale = language(request_language()).locale
    return str(format_datetime(moment, _PATTERN, locale=locale))


_PATTERN = "d MMMM y, HH:mm 'UTC'"


def opensmartcity_day(at: str) -> str:
    """Say the day of an instant (RFC 3339, UTC) in the reader's language."""
    return date_in_words(datetime.fromisoformat(at.replace("Z", "+00:00")).date(), language(request_language()))


# A description is read so far, and its first sentence shown so far.
_MOST_READ, _MOST_IN_SHORT, _MOST_IN_LINE = 2000, 220, 3
_SENTENCE_END = re.compile(r"(?<=[.!?])\s|(?<=[。！？])")
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
    """Return the questions that come first on the page, each with the sentences that answer it."""
    reader, shown = language(request_language()), _shown(governance)
    standard = config.standard()
    questions = standard.records[str(governance["dataset"]["type"])].fields
    return [
        {"question": reader.translate(questions[name].question), "sentences": _about(governance, name)}
        for name in standard.presentation.first
        if name in shown
    ]


def _about(governance: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the sentences about one question."""
    sentences = (sentence for group in governance["groups"] for sentence in group["sentences"])
    return [sentence for sentence in sentences if name in sentence["fields"]]


def opensmartcity_in_short(governance: dict[str, Any]) -> str:
    """Return the first sentence of the description of a record."""
    described = str(governance["dataset"]["notes"] or "")[:_MOST_READ]
    text = " ".join(str(tk.h.markdown_extract(described, extract_length=0)).split())
    return cut(_SENTENCE_END.split(text, maxsplit=1)[0], _MOST_IN_SHORT)


def opensmartcity_tells_more(governance: dict[str, Any]) -> bool:
    """Tell whether a record says more of itself than its first sentence, without links and emphasis."""
    dataset = governance["dataset"]
    return bool(dataset.get("url")) or (dataset["notes"] or "").strip() != opensmartcity_in_short(governance)


def opensmartcity_described(text: str) -> Markup:
    """Return a description as CKAN renders it, without its pictures: our pages ask nobody else for anything.

    It is cleaned once more, because what is cut out of cleaned HTML as text may leave a tag open.
    """
    rendered = str(tk.h.render_markdown(text))
    return Markup(nh3.clean(rendered, tags=MARKDOWN_TAGS - {"img"}, attributes=MARKDOWN_ATTRIBUTES))  # noqa: S704


def opensmartcity_said(group: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the sentences of a group, without the questions that are only named as open."""
    return [sentence for sentence in group["sentences"] if not _is_named_only(sentence)]


def opensmartcity_open(group: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the questions that no sentence tells of, in a list for each state."""
    named = [sentence for sentence in group["sentences"] if _is_named_only(sentence)]
    leads = {
        "missing": tk._("The city has not answered:"),
        "unknown": tk._("The city does not know yet:"),
        "not_applicable": tk._("The city says that this does not apply:"),
    }
    lists = {state: [each for each in named if each["state"] == state] for state in leads}
    return [{"state": state, "lead": leads[state], "sentences": found} for state, found in lists.items() if found]


def _is_named_only(sentence: dict[str, Any]) -> bool:
    return sentence["id"] is None and sentence["state"] != "stated"


def opensmartcity_question(governance: dict[str, Any], name: str) -> str:
    """Return the question of a field."""
    field = config.standard().records[str(governance["dataset"]["type"])].fields[name]
    return language(request_language()).translate(field.question)


def opensmartcity_value(governance: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """Return the text of a value within a sentence, and where it leads to: a system, an address, a contact."""
    seen = {system["named"]: system for system in governance.get("systems", ())}.get(part["value"])
    if seen and seen["link"]:
        return {"text": seen["title"], "link": seen["link"]}
    return {"text": part["text"], "link": opensmartcity_link(part["value"] or "")}


def opensmartcity_way(governance: dict[str, Any]) -> list[Station]:
    """Return the stations on the way of the data: of a dataset from where to whom, of a system from data to people."""
    reader, shown = language(request_language()), _shown(governance)
    steps = (
        step
        for step in config.standard().presentation.path
        if any(name in shown for line in step.lines for name in line)
    )
    return [*_data_used(governance), *(_station(governance, step, shown, reader) for step in steps)]


def _station(governance: dict[str, Any], step: Step, shown: dict[str, Any], reader: Language) -> Station:
    answers = [next((shown[name] for name in line if _is_stated(shown.get(name))), None) for line in step.lines]
    lines = tuple(_in_line(governance, answer, reader) for answer in answers if answer)
    return Station(reader.translate(step.label), lines or (tk._("The city has not said."),), open=not lines)


def _is_stated(field: dict[str, Any] | None) -> bool:
    return field is not None and field["state"] == "stated"


def _in_line(governance: dict[str, Any], answer: dict[str, Any], reader: Language) -> str:
    shown = answer["display"] if isinstance(answer["display"], list) else [answer["display"]]
    if answer["type"] == AnswerType.ALGORITHMS.value:
        shown = [
            system.get("title") or system["named"] for system in opensmartcity_systems(governance, answer["value"])
        ]
    return _listed(shown, len(shown), reader)


def _listed(entries: list[str], total: int, reader: Language) -> str:
    """Return the first entries of a list and how many more there are."""
    named = [cut(entry, _MOST_IN_SHORT) for entry in entries[:_MOST_IN_LINE]]
    more = [str(tk._("{n} more")).format(n=total - len(named))] if total > len(named) else []
    return str(format_list([*named, *more], locale=reader.locale))


def _data_used(governance: dict[str, Any]) -> list[Station]:
    """Return the datasets that a system uses as the first station of its picture."""
    if "datasets" not in governance:
        return []
    titles = [dataset["title"] for dataset in governance["datasets"]]
    label, none = tk._("Data that it uses"), tk._("The city names none.")
    if not titles:
        return [Station(label, (none,), open=True)]
    return [Station(label, (_listed(titles, governance["datasets_total"], language(request_language())),))]


def opensmartcity_picture(stations: list[Station]) -> Markup:
    """Return the picture of the way of the data."""
    title = tk._("The way of the data, as a picture")
    description = "; ".join(f"{station.label}: {', '.join(station.lines)}" for station in stations)
    return Markup(draw_flow(stations, title, description))  # noqa: S704  (drawn by us, every text escaped)


def _shown(governance: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the questions that have a place on the page, by name."""
    fields = (field for group in governance["groups"] for field in group["fields"])
    return {field["name"]: field for field in fields if field["state"] != "not_required"}


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
