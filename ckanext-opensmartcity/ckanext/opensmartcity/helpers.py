"""What templates may ask: choices, declarations, links and words; templates themselves decide nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import ckan.plugins.toolkit as tk

from . import config
from .logic.forms import declaration_in
from .logic.governance import request_language
from .standard import AnswerType, Field, Level, date_in_words, display_answer, language
from .standard.answers import UNKNOWN, parse_answer
from .standard.contacts import contact_link, is_mailbox, is_phone, is_web_address
from .standard.countries import EUROPEAN_UNION, country_codes, territory_name
from .standard.durations import duration_in_words
from .standard.messages import N_

_LEVEL_WORDS: Mapping[Level, tuple[str, str]] = {
    "silent": (N_("Silent"), N_("The city has said nothing here yet.")),
    "started": (N_("Started"), N_("The city has answered a part. Required answers are missing or not known.")),
    "answered": (N_("Answered"), N_("Every required question is answered. Something still asks for attention.")),
    "current": (N_("Current"), N_("Every required question is answered, nothing is of concern, no review is overdue.")),
}
COMMON_PERIODS = ("P30D", "P6M", "P1Y", "P2Y", "P3Y", "P5Y", "P7Y", "P10Y", "P15Y", "P20Y", "P30Y", "P50Y", "P100Y")


def opensmartcity_is_governed(record_type: str) -> bool:
    """Tell whether the standard knows a type of dataset."""
    return record_type in config.standard().records


def opensmartcity_level(level: Level) -> dict[str, str]:
    """Return the label of a level and what it means."""
    label, meaning = _LEVEL_WORDS[level]
    return {"label": tk._(label), "meaning": tk._(meaning)}


def opensmartcity_date(day: str) -> str:
    """Say an ISO date in the reader's language."""
    return date_in_words(date.fromisoformat(day), language(request_language()))


def opensmartcity_field(name: str, record_type: str) -> Field | None:
    """Return the standard's field, None where the form's schema has a field that the standard does not know."""
    known = config.standard().records.get(record_type)
    return known.fields.get(name) if known else None


def opensmartcity_choices(field: Field) -> list[dict[str, str]]:
    """Return value, label and definition of every answer to choose from."""
    reader = language(request_language())
    if field.type.is_coded:
        return [
            {"value": code.code, "label": reader.translate(code.label), "definition": reader.translate(code.definition)}
            for code in config.standard().vocabulary_of(field).codes.values()
        ]
    union = {EUROPEAN_UNION} if field.type is AnswerType.JURISDICTIONS else set()
    names = {code: territory_name(code, reader.locale) for code in country_codes() | union}
    ordered = sorted(names, key=lambda code: (code != EUROPEAN_UNION, names[code]))
    return [{"value": code, "label": names[code], "definition": ""} for code in ordered]


def opensmartcity_example(field: Field) -> str:
    """Say the example of a question as a reader would see the answer, a period beside how it is typed."""
    answer = parse_answer(field, field.example, config.standard())
    if answer is None:
        return ""
    reader = language(request_language())
    shown = display_answer(config.standard(), field, answer, reader)
    said = shown if isinstance(shown, str) else ", ".join(shown)
    return f"{field.example} ({said})" if field.type is AnswerType.DURATION else reader.translate(said)


def opensmartcity_obligation(field: Field) -> str:
    """Return `always`, `conditional` or `optional`."""
    if field.obligation is None:
        return "optional"
    return "always" if field.obligation == "always" else "conditional"


def opensmartcity_may_declare_unknown(field: Field) -> bool:
    """Tell whether "we do not know yet" must be offered beside the answers, because no answer says it."""
    return not field.type.is_coded or UNKNOWN not in config.standard().vocabulary_of(field).codes


def opensmartcity_declaration(data: dict[str, Any], name: str) -> dict[str, str]:
    """Return state and reason that the form shows for one question."""
    return declaration_in(data, name)


def opensmartcity_entries(value: Any) -> list[str]:
    """Return the entries of a list field as the form shows them, whatever was typed."""
    if value is None or value == "":
        return []
    return [str(entry) for entry in value] if isinstance(value, (list, tuple)) else str(value).splitlines()


def opensmartcity_link(answer: str) -> str | None:
    """Return where an answer can be followed to: an http(s) address, a mailbox or a phone number; else None."""
    if is_web_address(answer) or is_mailbox(answer):
        return contact_link(answer)
    return contact_link(answer) if answer.startswith("+") and is_phone(answer) else None


def opensmartcity_periods() -> list[dict[str, str]]:
    """Return common retention periods with their words, as suggestions."""
    locale = language(request_language()).locale
    return [{"value": period, "label": duration_in_words(period, locale)} for period in COMMON_PERIODS]


def get_helpers() -> dict[str, Callable[..., Any]]:
    """Return the helpers by name."""
    return {
        helper.__name__: helper
        for helper in (
            opensmartcity_choices,
            opensmartcity_date,
            opensmartcity_declaration,
            opensmartcity_entries,
            opensmartcity_example,
            opensmartcity_field,
            opensmartcity_is_governed,
            opensmartcity_level,
            opensmartcity_link,
            opensmartcity_may_declare_unknown,
            opensmartcity_obligation,
            opensmartcity_periods,
        )
    }
