"""Template helpers of the city page: bars, numbers in words, and the note above the list behind a number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

import ckan.plugins.toolkit as tk
from flask import has_request_context
from markupsafe import Markup

from .. import registry
from ..governance.governance import request_language
from ..search import condition_query
from ..standard import language

MOST_ORGANIZATIONS = 100
MOST_GAPS = 10
MOST_INDICATORS = 5


def opensmartcity_figures(characteristic: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first indicators of a characteristic and the rest, in the order of the standard."""
    position = registry.indicators().order.index
    both = (*characteristic["figures"], *characteristic["numbers"])
    indicators = sorted(both, key=lambda indicator: position(indicator["id"]))
    return {"first": indicators[:MOST_INDICATORS], "more": indicators[MOST_INDICATORS:]}


def opensmartcity_number(number: Mapping[str, Any]) -> str:
    """Return the value of an indicator with its unit."""
    value = number["value"]
    text = str(tk.h.localised_number(int(value) if float(value).is_integer() else value))
    return f"{text} {number['unit']}" if number["unit"] else text


def opensmartcity_stack(levels: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the parts of a stacked bar with their start and width in percent."""
    parts, start = [], 0.0
    counted = [level for level in levels if level["count"]]
    total = sum(level["count"] for level in counted)
    for level in counted:
        width = 100 * level["count"] / total
        parts.append({"level": level["level"], "start": f"{start:.2f}", "width": f"{width:.2f}"})
        start += width
    return parts


def opensmartcity_kind(record_type: str) -> str:
    """Return the plural label of a record type; a city's own type by its name."""
    names = {"dataset": tk._("Datasets"), "algorithm": tk._("Algorithms")}
    return str(names.get(record_type, record_type))


def opensmartcity_level_rows(records: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the levels of whole records, then those of each group of questions."""
    whole = {"label": tk._("Whole record"), "levels": records["levels"], "list": records["list"], "whole": True}
    return [whole, *({"label": group["question"], "levels": group["levels"]} for group in records["groups"])]


def opensmartcity_most_missing(records: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the questions that lack an answer most often."""
    return list(records["missing"][:MOST_GAPS])


def opensmartcity_organization_rows(city: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the levels of the organisations that fit on the page."""
    return [
        {**each, "label": each["title"] or tk._("No organisation")}
        for each in city["organizations"][:MOST_ORGANIZATIONS]
    ]


def opensmartcity_more_organizations(city: Mapping[str, Any]) -> int:
    """Return how many organisations are only in the CSV table."""
    return max(len(city["organizations"]) - MOST_ORGANIZATIONS, 0)


def opensmartcity_overdue_rows(city: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the overdue counts of each record type with their labels; algorithms have no disposal date."""
    return [
        {**each, "label": f"{opensmartcity_kind(records['type'])}: {opensmartcity_overdue(each['what'])}"}
        for records in city["records"]
        for each in records["overdue"]
        if each["count"] or (records["type"], each["what"]) != ("algorithm", "disposal")
    ]


def opensmartcity_overdue(what: str) -> str:
    """Return the label of an overdue date."""
    texts = {"review": tk._("the check of the answers is late"), "disposal": tk._("the time for keeping is over")}
    return str(texts[what])


def list_note() -> dict[str, str] | None:
    """Return title and text of the city page's number behind a list of records; None for any other list."""
    params = tk.request.args if has_request_context() else {}
    for name, rest in ((condition_query.FIGURE, False), (condition_query.REST, True)):
        if value := params.get(name):
            indicator, reader = condition_query.get_indicator(value), language(request_language())
            lead = tk._("These records do not meet it: {definition}") if rest else "{definition}"
            text = str(lead).format(definition=reader.translate(indicator.definition))
            return {"title": reader.translate(indicator.title), "text": text}
    what = params.get(condition_query.OVERDUE)
    return {"title": opensmartcity_overdue(what).capitalize(), "text": ""} if what else None


def opensmartcity_styles(*names: str) -> Markup:
    """Return our own style sheets for inlining into a self-contained page."""
    folder = files("ckanext.opensmartcity")
    return Markup("\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names))  # noqa: S704  (our own files)
