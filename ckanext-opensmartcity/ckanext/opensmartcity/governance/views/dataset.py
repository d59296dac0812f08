"""For residents: who governs one dataset or system, as a page, as JSON and as a sign for the street."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Response, after_this_request, jsonify, make_response
from flask.typing import ResponseReturnValue

from ... import feature
from ...views.http import JSON, cached, page_blueprint, preferred, tell_caches
from ..governance import ALGORITHM_TYPE, request_language
from ..svg import draw_sign
from .record_access import asked

blueprint = page_blueprint("opensmartcity", __name__)

_RECORD = "/<any(dataset, algorithm):package_type>/<id>/transparency"


@blueprint.route(_RECORD)
def transparency(package_type: str, id: str) -> ResponseReturnValue:
    """Show the questions and answers of one dataset; of a system its own page does."""
    if package_type == ALGORITHM_TYPE:
        return _redirect(tk.url_for(f"{ALGORITHM_TYPE}.read", id=id))
    return read(package_type, id)


def read(package_type: str, id: str) -> ResponseReturnValue:
    """Show one record, or give it in the form that the Accept header prefers; under the address of its own name."""
    formats = {each.media_type: each for each in feature.formats()}
    wanted = preferred(JSON, *formats)
    if wanted == JSON:
        return transparency_json(package_type, id)
    if wanted in formats:
        return formats[wanted].respond(package_type, id)
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
    values = {"governance": governance, "pkg_dict": _for_breadcrumb(governance), "panels": panels}
    return cached([governance, panels], lambda: make_response(tk.render("opensmartcity/transparency.html", values)))


@blueprint.route(f"{_RECORD}.json")
def transparency_json(package_type: str, id: str) -> ResponseReturnValue:
    """Give the same as JSON, in the language of the address."""
    governance = _governance(id)
    if isinstance(governance, Response):
        return governance
    return cached(governance, lambda: jsonify(governance))


@blueprint.route(f"{_RECORD}/qr.svg")
def sign(package_type: str, id: str) -> ResponseReturnValue:
    """Give a QR code of the page with its address, to print on a sign."""
    governance = _governance(id)
    if isinstance(governance, Response):
        return governance
    address, title = governance["links"]["html"], governance["dataset"]["title"] or governance["dataset"]["name"]
    return cached([address, title], lambda: Response(draw_sign(address, title), mimetype="image/svg+xml"))


def _redirect(address: str) -> Response:
    answer: Response = tk.redirect_to(address)
    return answer


def show_algorithms_as_transparency_pages(views: dict[str, Any]) -> None:
    """Let the address of a system show our page, where CKAN made one for its record type."""
    if f"{ALGORITHM_TYPE}.read" in views:
        views[f"{ALGORITHM_TYPE}.read"] = _read_system


def _read_system(package_type: str, id: str) -> ResponseReturnValue:
    # The address is one of CKAN's blueprints and not of ours.
    after_this_request(tell_caches)
    return read(package_type, id)


def _for_breadcrumb(governance: dict[str, Any]) -> dict[str, Any]:
    """Return what CKAN's base template needs of a dataset, without asking for the dataset once more."""
    dataset: dict[str, Any] = governance["dataset"]
    owner = {"name": dataset["organization"], "title": dataset["organization_title"], "type": "organization"}
    return dataset | {"organization": owner if dataset["organization"] else None}


def _governance(id: str) -> Any:
    return asked(id, lambda: tk.get_action("governance_show")({}, {"id": id, "lang": request_language()}))
