"""Template helpers of the transparency page and of histories: levels, sentences, concerns, the data flow, dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

import ckan.plugins.toolkit as tk
import nh3
from babel.dates import format_datetime
from babel.lists import format_list
from markupsafe import Markup

from ... import compat, config
from ...ledger_format.event_text import change_in_words
from ...standard import LEVELS, AnswerType, Language, Level, date_in_words, language
from ...standard.contacts import contact_link, is_mailbox, is_phone, is_web_address
from ...standard.display import LEVEL_LABELS, LEVEL_MEANINGS
from ...standard.model import DATASET, Rule, Step
from ...standard.roles import FieldRole, RuleRole
from ...standard.sentences import cut
from ..governance import request_language
from ..svg import Station, draw_flow

# Events with more changes are shown as a table only.
_MAX_SENTENCES = 6
_MOMENT_PATTERN = "d MMMM y, HH:mm 'UTC'"


def opensmartcity_sentences(event: dict[str, Any]) -> list[str]:
    """Return the changes of an event as sentences; an empty list if there are too many to read."""
    changes = event["changes"]
    reader = language(request_language())
    return [change_in_words(change, reader) for change in changes] if len(changes) <= _MAX_SENTENCES else []


def opensmartcity_moment(at: str) -> str:
    """Format a timestamp (RFC 3339) as date and time in UTC in the reader's language."""
    moment = datetime.fromisoformat(at.replace("Z", "+00:00"))
    locale = language(request_language()).locale
    return str(format_datetime(moment, _MOMENT_PATTERN, locale=locale))


def opensmartcity_day(at: str) -> str:
    """Format the date of a timestamp (RFC 3339, UTC) in the reader's language."""
    return date_in_words(datetime.fromisoformat(at.replace("Z", "+00:00")).date(), language(request_language()))


# In characters: the part of a description that is parsed, and the longest summary; then entries in a line.
_MAX_PARSED, _MAX_SUMMARY, _MAX_IN_LINE = 2000, 220, 3
_SENTENCE_END = re.compile(r"(?<=[.!?])\s|(?<=[。！？])")


def opensmartcity_is_governed(record_type: str) -> bool:
    """Tell whether the standard has a record type."""
    return record_type in config.standard().types


def opensmartcity_level(level: Level) -> dict[str, str]:
    """Return label and meaning of a level."""
    return {"label": tk._(LEVEL_LABELS[level]), "meaning": tk._(LEVEL_MEANINGS[level])}


def opensmartcity_record_note(governance: dict[str, Any]) -> str:
    """Return the meaning of a record's level, which is the lowest of its groups."""
    if governance["level"] == "silent" and any(group["level"] != "silent" for group in governance["groups"]):
        return str(tk._("The city has not said a word about some of the questions below."))
    return opensmartcity_level(governance["level"])["meaning"]


def opensmartcity_levels() -> list[dict[str, str]]:
    """Return all levels from the lowest to the highest, with label and meaning."""
    return [{"level": level, **opensmartcity_level(level)} for level in LEVELS]


def opensmartcity_effect(governance: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the sentences about the effect on people, such as the risk class of an algorithm; [] if there are none."""
    field = config.standard().types[str(governance["dataset"]["type"])].roles.get(FieldRole.EFFECT)
    sentences = [sentence for group in governance["groups"] for sentence in group["sentences"]]
    return [sentence for sentence in sentences if field and field.name in sentence["fields"]]


def opensmartcity_concerns(governance: dict[str, Any]) -> list[dict[str, Any]]:
    """Return title, text, questions and rule of each concern, in words for residents and not for stewards."""
    rules, reader = config.standard().rules, language(request_language())
    return [
        {
            "title": reader.translate(rules[concern["rule"]].title),
            "text": _overdue(governance, rules[concern["rule"]]) or reader.translate(rules[concern["rule"]].clause),
            "fields": opensmartcity_named(governance, concern["fields"]),
            "rule": concern["rule"],
        }
        for concern in governance["concerns"]
    ]


def _overdue(governance: dict[str, Any], rule: Rule) -> str:
    """Return the text of an overdue review or disposal; an empty string for other rules."""
    if rule.role is RuleRole.REVIEW_OVERDUE and governance["review_overdue"]:
        text = tk._("The city should have checked these answers again by {date}. They may be out of date.")
        return str(text).format(date=opensmartcity_date(governance["review_due"]))
    if rule.role is RuleRole.DISPOSAL_OVERDUE and governance["disposal_overdue"]:
        text = tk._("The time for keeping this data ended on {date}.")
        return str(text).format(date=opensmartcity_date(governance["retention_due"]))
    return ""


def opensmartcity_first_answers(governance: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the questions at the top of the page, each with the sentences that answer it."""
    reader, fields = language(request_language()), _fields_by_name(governance)
    standard = config.standard()
    questions = standard.types[str(governance["dataset"]["type"])].fields
    sentences = [sentence for group in governance["groups"] for sentence in group["sentences"]]
    return [
        {
            "question": reader.translate(questions[name].question),
            "sentences": [sentence for sentence in sentences if name in sentence["fields"]],
        }
        for name in standard.presentation.first
        if name in fields
    ]


def opensmartcity_in_short(governance: dict[str, Any]) -> str:
    """Return the first sentence of a record's description as plain text."""
    notes = str(governance["dataset"]["notes"] or "")[:_MAX_PARSED]
    text = " ".join(str(tk.h.markdown_extract(notes, extract_length=0)).split())
    return cut(_SENTENCE_END.split(text, maxsplit=1)[0], _MAX_SUMMARY)


def opensmartcity_tells_more(governance: dict[str, Any]) -> bool:
    """Tell whether a record has a source URL, or a description with more than one plain sentence."""
    dataset = governance["dataset"]
    return bool(dataset.get("url")) or (dataset["notes"] or "").strip() != opensmartcity_in_short(governance)


def opensmartcity_described(text: str) -> Markup:
    """Return a description as CKAN renders it, without images, so that our pages load nothing from other hosts.

    The HTML is sanitized once more: CKAN's output is already clean, but removing images as text could leave a tag open.
    """
    rendered = str(tk.h.render_markdown(text))
    return Markup(nh3.clean(rendered, tags=compat.MARKDOWN_TAGS - {"img"}, attributes=compat.MARKDOWN_ATTRIBUTES))  # noqa: S704


def opensmartcity_said(group: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the sentences of a group, without those that only name an open question."""
    return [sentence for sentence in group["sentences"] if not _is_named_only(sentence)]


def opensmartcity_open(group: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the questions without a sentence of their own, grouped by state with a lead text."""
    named = [sentence for sentence in group["sentences"] if _is_named_only(sentence)]
    leads = {
        "missing": tk._("The city has not answered:"),
        "unknown": tk._("The city does not know yet:"),
        "not_applicable": tk._("The city says that this does not apply:"),
    }
    lists = {state: [each for each in named if each["state"] == state] for state in leads}
    return [{"state": state, "lead": leads[state], "sentences": open} for state, open in lists.items() if open]


def _is_named_only(sentence: dict[str, Any]) -> bool:
    return sentence["id"] is None and sentence["state"] != "stated"


def opensmartcity_question(governance: dict[str, Any], name: str) -> str:
    """Return the translated question of a field."""
    field = config.standard().types[str(governance["dataset"]["type"])].fields[name]
    return language(request_language()).translate(field.question)


def opensmartcity_value(governance: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """Return text and link of a value in a sentence; the link leads to an algorithm record, a URL or a contact."""
    algorithm = {each["named"]: each for each in governance.get("systems", ())}.get(part["value"])
    if algorithm and algorithm["link"]:
        return {"text": algorithm["title"], "link": algorithm["link"]}
    return {"text": part["text"], "link": opensmartcity_link(part["value"] or "")}


def opensmartcity_way(governance: dict[str, Any]) -> list[Station]:
    """Return the stations of the data flow: from origin to users of a dataset, or from data to people."""
    reader, fields = language(request_language()), _fields_by_name(governance)
    stations = []
    if "datasets" in governance:
        titles = [dataset["title"] for dataset in governance["datasets"]]
        line = _format_list(titles, governance["datasets_total"], reader) if titles else tk._("The city names none.")
        stations.append(Station(tk._("Data of this system"), (line,), open=not titles))
    for step in config.standard().presentation.path:
        if any(name in fields for line in step.lines for name in line):
            lines = tuple(_step_lines(governance, step, fields, reader))
            stations.append(
                Station(reader.translate(step.label), lines or (tk._("The city has not said."),), open=not lines)
            )
    return stations


def _step_lines(governance: dict[str, Any], step: Step, fields: dict[str, Any], reader: Language) -> Iterator[str]:
    """Yield the first stated answer of each line of a step as text."""
    for names in step.lines:
        stated = (fields[name] for name in names if name in fields and fields[name]["state"] == "stated")
        if answer := next(stated, None):
            entries = answer["display"] if isinstance(answer["display"], list) else [answer["display"]]
            if answer["type"] == AnswerType.ALGORITHMS.value:
                algorithms = opensmartcity_systems(governance, answer["value"])
                entries = [algorithm.get("title") or algorithm["named"] for algorithm in algorithms]
            yield _format_list(entries, len(entries), reader)


def _format_list(entries: list[str], total: int, reader: Language) -> str:
    """Return the first entries of a list and the number of further ones."""
    shown = [cut(entry, _MAX_SUMMARY) for entry in entries[:_MAX_IN_LINE]]
    more = [str(tk._("{n} more")).format(n=total - len(shown))] if total > len(shown) else []
    return str(format_list([*shown, *more], locale=reader.locale))


def opensmartcity_picture(stations: list[Station]) -> Markup:
    """Return the data flow as an SVG image."""
    title = tk._("Where the data goes, as a picture")
    description = "; ".join(f"{station.label}: {', '.join(station.lines)}" for station in stations)
    return Markup(draw_flow(stations, title, description))  # noqa: S704  (our own SVG, all texts are escaped)


def _fields_by_name(governance: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the questions that are shown on the page by name."""
    fields = (field for group in governance["groups"] for field in group["fields"])
    return {field["name"]: field for field in fields if field["state"] != "not_required"}


def opensmartcity_named(governance: dict[str, Any], names: Iterable[str]) -> list[dict[str, Any]]:
    """Return the named questions that are shown on the page."""
    fields = _fields_by_name(governance)
    return [fields[name] for name in names if name in fields]


def opensmartcity_group_note(governance: dict[str, Any], group: dict[str, Any]) -> str:
    """Return the numbers of missing and unknown answers and concerns of a group as text; empty if there are none."""
    names = {field["name"] for field in group["fields"]}
    missing, unknown = (len(names.intersection(governance[state])) for state in ("missing", "unknown"))
    concerns = sum(not names.isdisjoint(concern["fields"]) for concern in governance["concerns"])
    counts = (
        (missing, tk.ungettext("{n} answer is missing.", "{n} answers are missing.", missing)),
        (unknown, tk.ungettext("{n} answer is not known yet.", "{n} answers are not known yet.", unknown)),
        (concerns, tk.ungettext("{n} concern.", "{n} concerns.", concerns)),
        (group["level"] == "answered" and governance["review_overdue"], tk._("The review is overdue.")),
    )
    return " ".join(text.format(n=count) for count, text in counts if count)


def opensmartcity_date(day: str) -> str:
    """Format an ISO date in the reader's language."""
    return date_in_words(date.fromisoformat(day), language(request_language()))


def opensmartcity_link(answer: str) -> str | None:
    """Return the link of an answer that is an http(s) URL, an email address or a phone number; else None."""
    if is_web_address(answer) or is_mailbox(answer):
        return contact_link(answer)
    return contact_link(answer) if answer.startswith("+") and is_phone(answer) else None


def opensmartcity_systems(governance: dict[str, Any], named: Iterable[str]) -> list[dict[str, Any]]:
    """Return the algorithm records that an answer names; only the name of those that the reader may not see."""
    algorithms = {algorithm["named"]: algorithm for algorithm in governance.get("systems", ())}
    return [algorithms.get(name, {"named": name}) for name in named]


def opensmartcity_transparency_of(dataset: dict[str, Any]) -> str:
    """Return the URL of a dataset's transparency page; of one without its `link`, a URL that redirects to it."""
    if link := dataset.get("link"):
        return f"{link}/transparency"
    kind = opensmartcity_dataset_type()
    return str(tk.url_for("opensmartcity.transparency", package_type=kind, id=dataset["name"]))


def opensmartcity_dataset_type() -> str:
    """Return a governed type of datasets, for the URL of a dataset whose own type is not known."""
    return config.standard().types_of(DATASET)[0]
