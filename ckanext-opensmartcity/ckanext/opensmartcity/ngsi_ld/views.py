"""NGSI-LD entities for the data platforms of cities: of one record, and of all records as a stream."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.search import SearchError, SolrConnectionError
from flask import Response, make_response, stream_with_context
from flask.typing import ResponseReturnValue

from .. import feature
from ..exchange.ngsi_ld import simplify
from ..views.http import cached, page_blueprint, refuse_access
from . import stream as ngsi_ld_stream

blueprint = page_blueprint("opensmartcity_ngsi_ld", __name__)

Entity = dict[str, Any]
Form = Callable[[Entity], Entity]
_FORMS: dict[str, Form] = {"normalized": lambda entity: entity, "keyValues": simplify}


@blueprint.route("/<any(dataset, algorithm):package_type>/<id>/transparency.ngsi-ld.jsonld")
def record(package_type: str, id: str) -> ResponseReturnValue:
    """Return one record and its files as a list of entities, as context brokers accept it."""
    form = _form()
    try:
        entities = ngsi_ld_stream.of_record({}, id)
    except tk.ObjectNotFound:
        return feature.removed_record(id) or tk.abort(
            404, tk._("Dataset not found or you have no permission to view it")
        )
    except tk.NotAuthorized:
        return refuse_access(id)  # type: ignore[no-any-return]
    shown = [form(entity) for entity in entities]
    return cached(shown, lambda: make_response(_dumps(shown), {"Content-Type": "application/ld+json"}))


@blueprint.route("/transparency/ngsi-ld.jsonl")
def stream() -> ResponseReturnValue:
    """Stream all records that the user may see as JSON Lines, one entity per line."""
    form = _form()
    try:
        entities = ngsi_ld_stream.of_catalogue({"user": tk.current_user.name})
    except (SearchError, SolrConnectionError):
        return tk.abort(503, tk._("The search does not answer now. Please try again later."))  # type: ignore[no-any-return]
    headers = {"Content-Disposition": "attachment; filename=ngsi-ld.jsonl"}
    lines = (_dumps(form(entity)) + "\n" for entity in entities)
    return Response(stream_with_context(lines), mimetype="application/jsonl", headers=headers)


def _form() -> Form:
    option = tk.request.args.get("options", "normalized")
    if option not in _FORMS:
        return tk.abort(400, tk._("The option is normalized or keyValues."))  # type: ignore[no-any-return]
    return _FORMS[option]


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
