"""For residents: who governs one dataset or system, as a page and as JSON."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from ..logic.governance import SYSTEM_TYPE, request_language
from .accepting import prefers_json

blueprint = Blueprint("opensmartcity", __name__)

_RECORD = "/<any(dataset, algorithm):package_type>/<id>/transparency"


@blueprint.route(_RECORD)
def transparency(package_type: str, id: str) -> ResponseReturnValue:
    """Show the questions and answers of one dataset; of a system its own page does."""
    if package_type == SYSTEM_TYPE:
        return _redirect(tk.url_for(f"{SYSTEM_TYPE}.read", id=id))
    return read(package_type, id)


def read(package_type: str, id: str) -> ResponseReturnValue:
    """Show one record; as JSON where the Accept header prefers it; under the address of its own type and name."""
    if prefers_json():
        return transparency_json(package_type, id)
    governance = _governance(id)
    if isinstance(governance, Response):
        return governance
    dataset = governance["dataset"]
    if (package_type, id) != (dataset["type"], dataset["name"]):
        return _redirect(governance["links"]["html"])
    values = {"governance": governance, "pkg_dict": _for_breadcrumb(governance)}
    page = tk.render("opensmartcity/transparency.html", values)
    return page, {"Vary": "Accept, Cookie"}


@blueprint.route(f"{_RECORD}.json")
def transparency_json(package_type: str, id: str) -> ResponseReturnValue:
    """Give the same as JSON, in the language of the address."""
    governance = _governance(id)
    if isinstance(governance, Response):
        return governance
    answer = jsonify(governance)
    answer.headers["Vary"] = "Accept, Cookie"
    return answer


def _redirect(address: str) -> Response:
    answer: Response = tk.redirect_to(address)
    return answer


def show_systems_as_transparency_pages(views: dict[str, Any]) -> None:
    """Let the address of a system show our page, where CKAN made one for its record type."""
    if f"{SYSTEM_TYPE}.read" in views:
        views[f"{SYSTEM_TYPE}.read"] = read


def _for_breadcrumb(governance: dict[str, Any]) -> dict[str, Any]:
    """Return what CKAN's base template needs of a dataset, without asking for the dataset once more."""
    dataset: dict[str, Any] = governance["dataset"]
    owner = {"name": dataset["organization"], "title": dataset["organization_title"], "type": "organization"}
    return dataset | {"organization": owner if dataset["organization"] else None}


def _governance(id: str) -> Any:
    try:
        return tk.get_action("governance_show")({}, {"id": id, "lang": request_language()})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("Dataset not found or you have no permission to view it"))
    except tk.NotAuthorized:
        return _refuse(id)


def _refuse(id: str) -> Any:
    """Answer as CKAN's dataset page does: a private dataset is not even admitted to exist, unless configured."""
    if not tk.config["ckan.auth.reveal_private_datasets"]:
        return tk.abort(404, tk._("Dataset not found or you have no permission to view it"))
    if tk.current_user.is_authenticated:
        return tk.abort(403, tk._("Unauthorized to read package %s") % id)
    return tk.redirect_to("user.login", came_from=tk.request.path)
