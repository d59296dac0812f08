"""City page: indicators of the whole catalogue as HTML, JSON and CSV, with ETag caching."""

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
    """Show the city page; as JSON by content negotiation."""
    if prefers_json():
        return listing()
    return _respond(lambda city: str(tk.render("opensmartcity/city.html", {"city": city})), "text/html")


@blueprint.route("/transparency.json")
def listing() -> ResponseReturnValue:
    """Return the indicators as JSON, in the language of the URL."""
    return _respond(lambda city: json.dumps(city, ensure_ascii=False), "application/json")


@blueprint.route("/transparency.csv")
def table() -> ResponseReturnValue:
    """Return every number as a row of CSV, in the language of the URL."""
    return _respond(city_csv, "text/csv")


def _respond(serialize: Callable[[City], str], media_type: str) -> Response:
    """Return the serialized indicators, or 304 if they have not changed; 503 while the search is down."""
    try:
        city: City = tk.get_action("governance_city_show")({}, {"lang": request_language()})
    except (SearchError, SolrConnectionError):
        return tk.abort(503, tk._("The search does not answer, so nothing can be counted now. Please try again later."))  # type: ignore[no-any-return]
    headers = {"Content-Type": f"{media_type}; charset=utf-8"}
    # No Last-Modified: a deleted record leaves no time behind.
    return cached([city, media_type], lambda: make_response(serialize(city), headers))
