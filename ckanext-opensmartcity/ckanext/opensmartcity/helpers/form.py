"""What the dataset form asks: choices, examples, declarations, and errors with the place of their input."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from unicodedata import combining, normalize

import ckan.plugins.toolkit as tk

from .. import config
from ..logic.forms import declaration_in
from ..logic.governance import request_language
from ..standard import AnswerType, Field, display_answer, language
from ..standard.answers import UNKNOWN, parse_answer
from ..standard.conditions import Condition
from ..standard.countries import EUROPEAN_UNION, country_codes, territory_name
from ..standard.durations import duration_in_words
from ..standard.wording import condition_in_words

_EMPTY_FIELDS = 3
_INPUT_IDS: Mapping[str, str] = {"owner_org": "organizations", "tags": "tag_string"}
COMMON_PERIODS = ("P30D", "P6M", "P1Y", "P2Y", "P3Y", "P5Y", "P7Y", "P10Y", "P15Y", "P20Y", "P30Y", "P50Y", "P100Y")


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
    ordered = sorted(names, key=lambda code: (code != EUROPEAN_UNION, _folded(names[code])))
    return [{"value": code, "label": names[code], "definition": ""} for code in ordered]


def _folded(name: str) -> str:
    """Return a name without accents, so that Åland stands among the A's."""
    return "".join(letter for letter in normalize("NFKD", name) if not combining(letter)).casefold()


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


def opensmartcity_needed(field: Field) -> str:
    """Say when a question that is only sometimes required is required."""
    if not isinstance(field.obligation, Condition):
        return ""
    source = field.obligation.source
    unless = source["not"] if source.keys() == {"not"} else None
    condition = condition_in_words(config.standard(), unless or source, language(request_language()))
    text = tk._("Not needed if {condition}.") if unless else tk._("Only if {condition}.")
    return str(text).format(condition=condition)


def opensmartcity_licenses(offered: Iterable[tuple[str, str]], stored: str | None) -> list[tuple[str, str]]:
    """Return title and id of the licences to choose from, and the stored one even if the portal no longer offers it."""
    licenses = list(offered)
    known = not stored or stored in (license_id for _, license_id in licenses)
    return licenses if known else [*licenses, (str(stored), str(stored))]


def opensmartcity_custom_fields(extras: Iterable[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Return CKAN's free fields for the form, those of several lines first, and at least one empty one at the end."""
    fields = [dict(extra, lines="\n" in str(extra.get("value") or "")) for extra in extras or ()]
    ordered = sorted(fields, key=lambda field: not field["lines"])
    return [*ordered, *[{"lines": False}] * max(1, _EMPTY_FIELDS - len(ordered))]


def opensmartcity_enforcement() -> str:
    """Return what missing answers do here: `advise` or `publish`."""
    return config.enforcement()


def opensmartcity_is_day(value: Any) -> bool:
    """Tell whether a browser's date input can show a value; it would empty any other."""
    try:
        return not value or date.fromisoformat(value).isoformat() == value
    except (TypeError, ValueError):
        return False


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


def opensmartcity_periods() -> list[dict[str, str]]:
    """Return common retention periods with their words, as suggestions."""
    locale = language(request_language()).locale
    return [{"value": period, "label": duration_in_words(period, locale)} for period in COMMON_PERIODS]
