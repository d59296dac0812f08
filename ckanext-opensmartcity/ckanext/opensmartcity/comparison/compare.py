"""Comparison of the indicators of cities: result of the action, and its template helpers.

Times are ISO 8601 texts; values are in the order of the cities.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, TypedDict

import ckan.plugins.toolkit as tk
from ckan import model

from .. import config, registry
from ..governance import model as governance_model
from ..governance.dictize import iso_time
from ..governance.helpers.transparency import opensmartcity_date
from ..governance.http_identity import portal_url
from ..http_client.errors import MESSAGES
from ..standard import Indicator, Language, PortalIndicator, language, shipped_languages
from . import model as comparison_model
from .derived_indicators import DERIVED
from .fetch_job import OWN, PeersError, own_city
from .reader import PLUGIN


class ComparedCity(TypedDict):
    """City of the comparison, with the state of the last fetch."""

    url: str
    own: bool
    name: str
    kind: str | None
    page: str
    state: str
    problem: str | None
    message: str | None
    detail: str | None
    total: int | None
    as_of: str | None
    standard: dict[str, str] | None
    fetched_at: str | None
    tried_at: str | None
    failing_since: str | None


class _Value(TypedDict):
    count: int
    of: int


class ComparedValue(_Value, total=False):
    """Value of a city; `definition` is its own text if it counts something else under the same id."""

    definition: str | None


class ComparedIndicator(TypedDict):
    """Indicator with a value for each city, None if unknown."""

    id: str
    title: str
    definition: str
    values: list[ComparedValue | None]


class ComparedCharacteristic(TypedDict):
    """Characteristic with its indicators."""

    id: str
    label: str
    question: str
    figures: list[ComparedIndicator]


class ComparisonResult(TypedDict):
    """Comparison of this city with others."""

    cities: list[ComparedCity]
    characteristics: list[ComparedCharacteristic]
    derived: list[ComparedIndicator]


Row = Mapping[str, Any]
# State of a city, by whether the last fetch failed and whether there are indicators of an earlier one.
_STATES = {(True, True): "earlier", (True, False): "failed", (False, True): "current", (False, False): "waiting"}


def compare(reader: Language) -> ComparisonResult:
    """Return the cities with their indicators in the reader's language, from one query of stored data.

    Before the first fetch, our own indicators are counted for this request.
    """
    urls = [OWN, *config.peers()]
    stored = comparison_model.read(model.Session(), urls) if governance_model.ready() else {}
    if OWN not in stored:
        with suppress(PeersError):
            if own := own_city():
                stored[OWN] = {"kind": PLUGIN, "city": own}
    rows: list[Row] = [stored.get(url, {}) for url in urls]
    return {
        "cities": [_city(url, row, reader) for url, row in zip(urls, rows, strict=True)],
        "characteristics": [each for each in _characteristics(rows, reader) if each["figures"]],
        "derived": _derived(rows, reader),
    }


def _city(url: str, row: Row, reader: Language) -> ComparedCity:
    city, own, problem = row.get("city") or {}, url == OWN, row.get("problem")
    address = portal_url() if own else url
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
        "fetched_at": iso_time(row.get("fetched_at")),
        "tried_at": iso_time(row.get("tried_at")),
        "failing_since": iso_time(row.get("failing_since")),
    }


def _characteristics(rows: list[Row], reader: Language) -> Iterator[ComparedCharacteristic]:
    """Yield the characteristics with those indicators that at least one city has."""
    indicators = registry.indicators()
    for each in indicators.characteristics:
        declared: list[Indicator | PortalIndicator] = [*indicators.of(each), *indicators.portal_indicators_of(each)]
        compared = [_indicator(indicator, rows, reader) for indicator in declared]
        yield {
            "id": each.id,
            "label": reader.translate(each.label),
            "question": reader.translate(each.question),
            "figures": [indicator for indicator in compared if any(indicator["values"])],
        }


def _indicator(indicator: Indicator | PortalIndicator, rows: list[Row], reader: Language) -> ComparedIndicator:
    ours = {" ".join(language(code).translate(indicator.definition).split()) for code in shipped_languages()}
    values: list[ComparedValue | None] = []
    for row in rows:
        value = _part(row, "figures").get(indicator.id)
        # Includes the city's own definition if it counts something else under the same id.
        other = None if value is None or value["definition"] in ours else value["definition"]
        values.append(None if value is None else {"count": value["count"], "of": value["of"], "definition": other})
    return {
        "id": indicator.id,
        "title": reader.translate(indicator.title),
        "definition": reader.translate(indicator.definition),
        "values": values,
    }


def _derived(rows: list[Row], reader: Language) -> list[ComparedIndicator]:
    compared: list[ComparedIndicator] = [
        {
            "id": each.id,
            "title": reader.translate(each.title),
            "definition": reader.translate(each.definition),
            "values": [_part(row, "derived").get(each.id) for row in rows],
        }
        for each in DERIVED
    ]
    return [indicator for indicator in compared if any(indicator["values"])]


def _part(row: Row, name: str) -> Mapping[str, Any]:
    part: Mapping[str, Any] = (row.get("city") or {}).get(name) or {}
    return part


def opensmartcity_has_peers() -> bool:
    """Return whether other cities are configured."""
    return bool(config.peers())


def opensmartcity_peer_status(city: Mapping[str, Any]) -> str:
    """Return the state of a city's indicators as text, with the date of the first failed fetch."""
    texts = {
        "waiting": tk._("No numbers yet."),
        "failed": tk._("Could not be read since {since}."),
        "earlier": tk._("Could not be read since {since}. These numbers are from before that date."),
        "current": "",
    }
    since = city["failing_since"]
    return str(texts[city["state"]]).format(since=opensmartcity_date(since[:10]) if since else "")


def opensmartcity_beside(
    compared: Mapping[str, Any], figure: Mapping[str, Any]
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any] | None]]:
    """Yield each city that has indicators, with its value of one of them."""
    for city, value in zip(compared["cities"], figure["values"], strict=True):
        if city["as_of"]:
            yield city, value


def opensmartcity_compared(compared: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the cities that have indicators, as columns of the tables."""
    return [city for city in compared["cities"] if city["as_of"]]
