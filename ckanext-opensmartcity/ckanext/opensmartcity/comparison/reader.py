"""Client of other portals: their published indicators if they run the plugin, else indicators derived from CKAN."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from ..exchange.city_indicators import CityError, parse_city, parse_json, sanitize_text
from ..http_client import FetchError, Response
from ..http_client.errors import FORM, NOT_FOUND, NOT_JSON, STATUS, TOO_LARGE, WAIT
from .derived_indicators import Params, derive

MOST_BYTES = 8 * 1024 * 1024

Get = Callable[[str], Response]
PLUGIN, STOCK = "opensmartcity", "ckan"


@dataclass(frozen=True)
class PeerError(Exception):
    """The indicators of a city could not be read: a problem code, and details for administrators."""

    problem: str
    detail: str = ""


def read_peer(url: str, get: Get, today: date) -> tuple[str, dict[str, Any]]:
    """Return the kind of a portal and its indicators. Raise PeerError."""
    try:
        city = _plugin(url, get)
        if city is not None:
            city["derived"] = {}
            # A portal with the plugin keeps its own indicators even if its search is closed.
            with suppress(CityError, PeerError, FetchError):
                city["derived"] = derive(_search(url, get), today)[1]
            return PLUGIN, city
        return STOCK, _stock(url, get, today)
    except FetchError as error:
        raise PeerError(error.problem) from error


def _plugin(url: str, get: Get) -> dict[str, Any] | None:
    """Return the indicators that a portal with the plugin publishes, None if it does not run the plugin."""
    answer = get(f"{url}/transparency.json")
    if answer.status in (404, 410):
        return None
    _refuse_errors(answer)
    try:
        return parse_city(answer.body)
    except CityError as error:
        if error.is_json:
            raise PeerError(FORM, sanitize_text(str(error))) from error
        # Many portals return an HTML page for any URL: check whether there is a CKAN at all.
        with suppress(CityError, PeerError):
            if isinstance(_result(get(f"{url}/api/3/action/status_show")), dict):
                return None
        raise PeerError(NOT_JSON) from error


def _stock(url: str, get: Get, today: date) -> dict[str, Any]:
    try:
        about = _result(get(f"{url}/api/3/action/status_show"))
        total, figures = derive(_search(url, get), today)
    except CityError as error:
        raise PeerError(NOT_FOUND, sanitize_text(str(error))) from error
    title = about.get("site_title") if isinstance(about, dict) else None
    return {
        "name": sanitize_text(title) if isinstance(title, str) else "",
        "as_of": today.isoformat(),
        "standard": None,
        "total": total,
        "figures": {},
        "derived": figures,
    }


def _search(url: str, get: Get) -> Callable[[Params], Any]:
    def search(params: Params) -> Any:
        return _result(get(f"{url}/api/3/action/package_search?{urlencode({'rows': '0', **params})}"))

    return search


def _result(answer: Response) -> Any:
    if answer.status in (400, 403, 404, 409, 410):
        raise CityError(f"HTTP {answer.status}", is_json=False)
    _refuse_errors(answer)
    value = parse_json(answer.body)
    if not isinstance(value, dict) or value.get("success") is not True:
        raise CityError("this is not a response of CKAN's API", is_json=True)
    return value.get("result")


def _refuse_errors(answer: Response) -> None:
    if answer.status == 429:
        raise PeerError(WAIT, "HTTP 429")
    if answer.status >= 300:
        raise PeerError(STATUS, f"HTTP {answer.status}")
    if answer.truncated:
        raise PeerError(TOO_LARGE, f"more than {MOST_BYTES} bytes")
