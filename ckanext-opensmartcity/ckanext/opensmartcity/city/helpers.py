"""What the city page asks: bars to draw, numbers in words, and what a list behind a number is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

import ckan.plugins.toolkit as tk
from flask import has_request_context
from markupsafe import Markup

from .. import config
from ..governance.governance import request_language
from ..search import condition_query
from ..standard import language

MOST_ORGANIZATIONS = 100
MOST_GAPS = 10
MOST_FIGURES = 5


def opensmartcity_figures(characteristic: Mapping[str, Any]) -> dict[str, Any]:
    """Return as many figures as can be taken in at once, and the rest, in the order of the standard's file."""
    place = config.indicators().order.index
    figures = sorted((*characteristic["figures"], *characteristic["numbers"]), key=lambda each: place(each["id"]))
    return {"first": figures[:MOST_FIGURES], "more": figures[MOST_FIGURES:]}


def opensmartcity_share(count: int, of: int) -> str:
    """Return a part of a whole as the width of a bar of 100, never nothing for something."""
    return f"{max(100 * count / of, 0.6 if count else 0):.2f}" if of else "0"


def opensmartcity_of(count: int, of: int) -> str:
    """Say a count of a whole."""
    return str(tk._("{count} of {of}")).format(count=_number(count), of=_number(of))


def _number(count: int) -> str:
    return str(tk.h.localised_number(count))


def opensmartcity_stack(levels: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the parts of a bar, each with where it begins and how wide it is."""
    parts, start = [], 0.0
    counted = [level for level in levels if level["count"]]
    total = sum(level["count"] for level in counted)
    for level in counted:
        width = 100 * level["count"] / total
        parts.append({"level": level["level"], "start": f"{start:.2f}", "width": f"{width:.2f}"})
        start += width
    return parts


def opensmartcity_kind(record_type: str) -> str:
    """Say what a kind of record is called in the plural; a city's own kind by its name."""
    names = {"dataset": tk._("Datasets"), "algorithm": tk._("Algorithms")}
    return str(names.get(record_type, record_type))


def opensmartcity_level_rows(records: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the levels of whole records, then those of each group of questions."""
    whole = {"label": tk._("Whole record"), "levels": records["levels"], "list": records["list"], "whole": True}
    return [whole, *({"label": group["question"], "levels": group["levels"]} for group in records["groups"])]


def opensmartcity_most_missing(records: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the questions that most often lack an answer."""
    return list(records["missing"][:MOST_GAPS])


def opensmartcity_organization_rows(city: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the levels of as many organisations as a page can show."""
    return [
        {**each, "label": each["title"] or tk._("No organisation")}
        for each in city["organizations"][:MOST_ORGANIZATIONS]
    ]


def opensmartcity_more_organizations(city: Mapping[str, Any]) -> int:
    """Return how many organisations the page leaves to the table for spreadsheets."""
    return max(len(city["organizations"]) - MOST_ORGANIZATIONS, 0)


def opensmartcity_overdue_rows(city: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what may be overdue of each kind of record, each with its words; algorithms are not kept or deleted."""
    return [
        {**each, "label": f"{opensmartcity_kind(records['type'])}: {opensmartcity_overdue(each['what'])}"}
        for records in city["records"]
        for each in records["overdue"]
        if each["count"] or (records["type"], each["what"]) != ("algorithm", "disposal")
    ]


def opensmartcity_overdue(what: str) -> str:
    """Say what is overdue."""
    texts = {"review": tk._("the check of the answers is late"), "disposal": tk._("the time for keeping is over")}
    return str(texts[what])


def list_note() -> dict[str, str] | None:
    """Say which number of the city page a list of records stands behind; None for any other list."""
    asked = tk.request.args if has_request_context() else {}
    for name, rest in ((condition_query.FIGURE, False), (condition_query.REST, True)):
        if value := asked.get(name):
            return _figure_note(value, rest)
    what = asked.get(condition_query.OVERDUE)
    return {"title": opensmartcity_overdue(what).capitalize(), "text": ""} if what else None


def _figure_note(name: str, rest: bool) -> dict[str, str]:
    figure, reader = condition_query.figure_of(name), language(request_language())
    lead = tk._("These records do not meet it: {definition}") if rest else "{definition}"
    return {
        "title": reader.translate(figure.title),
        "text": str(lead).format(definition=reader.translate(figure.definition)),
    }


def opensmartcity_styles(*names: str) -> Markup:
    """Return our own style sheets as they are, for a page that must stand alone."""
    folder = files("ckanext.opensmartcity")
    return Markup("\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names))  # noqa: S704  (our own files)
