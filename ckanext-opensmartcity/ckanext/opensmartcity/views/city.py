"""For residents, councillors and journalists: the figures of the city, as a page, JSON and CSV."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.search import SearchError, SolrConnectionError
from flask import Blueprint, Response, make_response
from flask.typing import ResponseReturnValue

from ..exchange.city_csv import city_csv
from ..logic.governance import request_language
from .accepting import prefers_json

blueprint = Blueprint("opensmartcity_city", __name__)

City = dict[str, Any]


@blueprint.route("/transparency")
def page() -> ResponseReturnValue:
    """Show how far the city has come; as JSON where the Accept header prefers it."""
    if prefers_json():
        return listing()
    # The head of the page shows who is logged in.
    return _cached(_page, "text/html", tk.current_user.name)


@blueprint.route("/transparency.json")
def listing() -> ResponseReturnValue:
    """Give the same as JSON, in the language of the address."""
    return _cached(lambda city: json.dumps(city, ensure_ascii=False), "application/json")


@blueprint.route("/transparency.csv")
def table() -> ResponseReturnValue:
    """Give every number as a row of a table, in the language of the address."""
    return _cached(city_csv, "text/csv")


def _page(city: City) -> str:
    return str(tk.render("opensmartcity/city.html", {"city": city}))


def _cached(make: Callable[[City], str], media_type: str, *parts: str) -> Response:
    """Answer with what was made, or that no number has changed since the reader's copy."""
    city = _city()
    tag = _tag(json.dumps(city, sort_keys=True), media_type, *parts)
    known = tk.request.if_none_match.contains_weak(tag)
    answer = make_response(("", 304) if known else (make(city), {"Content-Type": f"{media_type}; charset=utf-8"}))
    answer.set_etag(tag, weak=True)
    # No Last-Modified: a record that is deleted leaves no time behind.
    answer.headers["Vary"] = "Accept, Cookie, Authorization"
    return answer


def _city() -> City:
    try:
        city: City = tk.get_action("governance_city_show")({}, {"lang": request_language()})
    except (SearchError, SolrConnectionError):
        return tk.abort(503, tk._("The search does not answer, so nothing can be counted now. Please try again later."))  # type: ignore[no-any-return]
    return city


def _tag(*parts: str) -> str:
    known = (request_language(), version("ckanext-opensmartcity"), *parts)
    return hashlib.sha256("\n".join(known).encode()).hexdigest()[:32]
