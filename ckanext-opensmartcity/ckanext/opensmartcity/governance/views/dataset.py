"""Transparency page of a dataset or an algorithm record: HTML, JSON, other registered formats, and a QR sign (SVG)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Response, after_this_request, jsonify, make_response
from flask.typing import ResponseReturnValue

from ... import feature
from ...views.http import JSON, cached, fetch_or_refuse, page_blueprint, preferred, set_cache_headers
from ..governance import ALGORITHM_TYPE, request_language
from ..svg import draw_sign

blueprint = page_blueprint("opensmartcity", __name__)

_RECORD = "/<any(dataset, algorithm):package_type>/<id>/transparency"


@blueprint.route(_RECORD)
def transparency(package_type: str, id: str) -> ResponseReturnValue:
    """Show the transparency page of a dataset; redirect to the record's own page for an algorithm."""
    if package_type == ALGORITHM_TYPE:
        return _redirect(tk.url_for(f"{ALGORITHM_TYPE}.read", id=id))
    return read(package_type, id)


def read(package_type: str, id: str) -> ResponseReturnValue:
    """Return a record in the format that the Accept header prefers (content negotiation).

    Redirect to the canonical URL if the record was addressed by its id, a former name or another type.
    """
    formats = {each.media_type: each for each in feature.formats()}
    media_type = preferred(JSON, *formats)
    if media_type == JSON:
        return transparency_json(package_type, id)
    if media_type in formats:
        return formats[media_type].respond(package_type, id)
    governance = _governance(id)
    if isinstance(governance, Response):
        return governance
    dataset = governance["dataset"]
    if (package_type, id) != (dataset["type"], dataset["name"]):
        return _redirect(governance["links"]["html"])
    panels = {
        name: feature.panels(place, {"dataset": dataset, "governance": governance})
        for name, place in (("status", "record.status"), ("sections", "record"))
    }
    # For the breadcrumb of CKAN's base template, without another query.
    owner = {"name": dataset["organization"], "title": dataset["organization_title"], "type": "organization"}
    pkg_dict = dataset | {"organization": owner if dataset["organization"] else None}
    values = {"governance": governance, "pkg_dict": pkg_dict, "panels": panels}
    return cached([governance, panels], lambda: make_response(tk.render("opensmartcity/transparency.html", values)))


@blueprint.route(f"{_RECORD}.json")
def transparency_json(package_type: str, id: str) -> ResponseReturnValue:
    """Return the result of governance_show as JSON, in the language of the URL."""
    governance = _governance(id)
    if isinstance(governance, Response):
        return governance
    return cached(governance, lambda: jsonify(governance))


@blueprint.route(f"{_RECORD}/qr.svg")
def sign(package_type: str, id: str) -> ResponseReturnValue:
    """Return a printable sign with a QR code of the page as SVG."""
    governance = _governance(id)
    if isinstance(governance, Response):
        return governance
    address, title = governance["links"]["html"], governance["dataset"]["title"] or governance["dataset"]["name"]
    return cached([address, title], lambda: Response(draw_sign(address, title), mimetype="image/svg+xml"))


def _redirect(address: str) -> Response:
    response: Response = tk.redirect_to(address)
    return response


def show_algorithms_as_transparency_pages(views: dict[str, Any]) -> None:
    """Replace CKAN's page of algorithm records by the transparency page, if CKAN has a route for the type."""

    def read_algorithm(package_type: str, id: str) -> ResponseReturnValue:
        # The route belongs to CKAN's blueprint, so that our after_request hooks do not run.
        after_this_request(set_cache_headers)
        return read(package_type, id)

    if f"{ALGORITHM_TYPE}.read" in views:
        views[f"{ALGORITHM_TYPE}.read"] = read_algorithm


def _governance(id: str) -> Any:
    """Return the result of governance_show, or the response for a record that cannot be shown."""
    return fetch_or_refuse(id, lambda: tk.get_action("governance_show")({}, {"id": id, "lang": request_language()}))
