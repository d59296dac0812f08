"""Comparison of cities: indicators side by side, from stored data, in our order and without a ranking.

Also the template helpers of the comparison page: names, dates and states as texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from .. import config
from ..governance import model as governance_model
from ..governance.helpers.transparency import opensmartcity_date
from ..http_client.errors import MESSAGES
from ..standard import Indicator, Language, PortalIndicator, language, shipped_languages
from . import model as comparison_model
from .derived_indicators import DERIVED
from .fetch_job import OWN
from .reader import PLUGIN

Row = Mapping[str, Any]
# State of a city, by whether the last fetch failed and whether there are indicators of an earlier one.
_STATES = {(True, True): "earlier", (True, False): "failed", (False, True): "current", (False, False): "waiting"}


def compare(reader: Language) -> dict[str, Any]:
    """Return the cities and the figures of each, in the reader's language; one query, and nothing is fetched."""
    urls = [OWN, *config.peers()]
    rows = comparison_model.read(model.Session(), urls) if governance_model.ready() else {}
    known = [(url, rows.get(url, {})) for url in urls]
    return {
        "cities": [_city(url, row, reader) for url, row in known],
        "characteristics": [
            {"id": each["id"], "label": each["label"], "question": each["question"], "figures": figures}
            for each, figures in _characteristics([row for _, row in known], reader)
            if figures
        ],
        "derived": _derived([row for _, row in known], reader),
    }


def _city(url: str, row: Row, reader: Language) -> dict[str, Any]:
    """Return what is known of a city: who it is, as of when, and what went wrong since."""
    city, own, problem = row.get("city") or {}, url == OWN, row.get("problem")
    address = str(tk.config["ckan.site_url"]) if own else url
    return {
        "url": address,
        "own": own,
        "name": city.get("name") or (tk.config["ckan.site_title"] if own else url),
        "kind": row.get("kind"),
        "page": f"{address}/transparency" if row.get("kind") == PLUGIN else address,
        "state": _STATES[bool(problem), bool(city)],
        "problem": problem,
        "message": reader.translate(MESSAGES[problem]) if problem else None,
        "detail": row.get("detail"),
        "total": city.get("total"),
        "as_of": city.get("as_of"),
        "standard": city.get("standard"),
        **{
            name: row[name].isoformat(timespec="seconds") if row.get(name) else None
            for name in ("fetched_at", "tried_at", "failing_since")
        },
    }


def _characteristics(rows: list[Row], reader: Language) -> Iterator[tuple[dict[str, str], list[dict[str, Any]]]]:
    figures = config.indicators()
    for each in figures.characteristics:
        words = {"id": each.id, "label": reader.translate(each.label), "question": reader.translate(each.question)}
        declared: list[Indicator | PortalIndicator] = [*figures.of(each), *figures.portal_indicators_of(each)]
        compared = [_figure(figure, rows, reader) for figure in declared]
        yield words, [figure for figure in compared if any(figure["values"])]


def _figure(figure: Indicator | PortalIndicator, rows: list[Row], reader: Language) -> dict[str, Any]:
    ours = {" ".join(language(code).translate(figure.definition).split()) for code in shipped_languages()}
    counts = [_part(row, "figures").get(figure.id) for row in rows]
    return {
        "id": figure.id,
        "title": reader.translate(figure.title),
        "definition": reader.translate(figure.definition),
        # Includes the city's own definition if it counts something else under the same id.
        "values": [
            count
            and {
                "count": count["count"],
                "of": count["of"],
                "definition": count["definition"] if count["definition"] not in ours else None,
            }
            for count in counts
        ],
    }


def _derived(rows: list[Row], reader: Language) -> list[dict[str, Any]]:
    figures = [
        {
            "id": each.id,
            "title": reader.translate(each.title),
            "definition": reader.translate(each.definition),
            "values": [_part(row, "derived").get(each.id) for row in rows],
        }
        for each in DERIVED
    ]
    return [figure for figure in figures if any(figure["values"])]


def _part(row: Row, name: str) -> Mapping[str, Any]:
    part: Mapping[str, Any] = (row.get("city") or {}).get(name) or {}
    return part


def opensmartcity_has_peers() -> bool:
    """Tell whether there are cities to compare with."""
    return bool(config.peers())


def opensmartcity_peer_status(city: Mapping[str, Any]) -> str:
    """Say how fresh the figures of a city are, and what went wrong since."""
    texts = {
        "waiting": tk._("No numbers yet."),
        "failed": tk._("Could not be read since {since}."),
        "earlier": tk._("Could not be read since {since}. These are the figures of before."),
        "current": "",
    }
    since = city["failing_since"]
    return str(texts[city["state"]]).format(since=opensmartcity_date(since[:10]) if since else "")


def opensmartcity_beside(
    compared: Mapping[str, Any], figure: Mapping[str, Any]
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any] | None]]:
    """Yield each city that has figures, with its value of one figure."""
    for city, value in zip(compared["cities"], figure["values"], strict=True):
        if city["as_of"]:
            yield city, value


def opensmartcity_compared(compared: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the cities that have figures: the columns of the tables."""
    return [city for city in compared["cities"] if city["as_of"]]
