"""For residents, councillors and journalists: the figures of the city, as a page, JSON and CSV."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.search import SearchError, SolrConnectionError
from flask import Response, make_response
from flask.typing import ResponseReturnValue

from ..exchange.city_indicators import city_csv
from ..governance.governance import request_language
from ..views.http import cached, page_blueprint, prefers_json

blueprint = page_blueprint("opensmartcity_city", __name__)

City = dict[str, Any]


@blueprint.route("/transparency")
def page() -> ResponseReturnValue:
    """Show how far the city has come; as JSON where the Accept header prefers it."""
    if prefers_json():
        return listing()
    return _answer(_page, "text/html")


@blueprint.route("/transparency.json")
def listing() -> ResponseReturnValue:
    """Give the same as JSON, in the language of the address."""
    return _answer(lambda city: json.dumps(city, ensure_ascii=False), "application/json")


@blueprint.route("/transparency.csv")
def table() -> ResponseReturnValue:
    """Give every number as a row of a table, in the language of the address."""
    return _answer(city_csv, "text/csv")


def _page(city: City) -> str:
    return str(tk.render("opensmartcity/city.html", {"city": city}))


def _answer(make: Callable[[City], str], media_type: str) -> Response:
    """Answer with what was made, or that no number has changed since the reader's copy."""
    city = _city()
    # No Last-Modified: a record that is deleted leaves no time behind.
    return cached([city, media_type], lambda: make_response(make(city), _headers(media_type)))


def _headers(media_type: str) -> dict[str, str]:
    return {"Content-Type": f"{media_type}; charset=utf-8"}


def _city() -> City:
    try:
        city: City = tk.get_action("governance_city_show")({}, {"lang": request_language()})
    except (SearchError, SolrConnectionError):
        return tk.abort(503, tk._("The search does not answer, so nothing can be counted now. Please try again later."))  # type: ignore[no-any-return]
    return city
