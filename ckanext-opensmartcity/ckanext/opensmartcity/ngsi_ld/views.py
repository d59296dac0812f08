"""For the data platforms of cities: records as NGSI-LD entities, one by one and all of them as a stream."""

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
    """Give one record and its files as a list of entities, as a broker takes them."""
    form = _form()
    try:
        found = ngsi_ld_stream.of_record({}, id)
    except tk.ObjectNotFound:
        return feature.removed_record(id) or tk.abort(
            404, tk._("Dataset not found or you have no permission to view it")
        )
    except tk.NotAuthorized:
        return refuse_access(id)  # type: ignore[no-any-return]
    shown = [form(entity) for entity in found]
    return cached(shown, lambda: make_response(_dumps(shown), {"Content-Type": "application/ld+json"}))


@blueprint.route("/transparency/ngsi-ld.jsonl")
def stream() -> ResponseReturnValue:
    """Give all records that the reader may see, an entity a line, however many they are."""
    form = _form()
    try:
        entities = ngsi_ld_stream.of_catalogue({"user": tk.current_user.name})
    except (SearchError, SolrConnectionError):
        return tk.abort(503, tk._("The search does not answer now. Please try again later."))  # type: ignore[no-any-return]
    headers = {"Content-Disposition": "attachment; filename=ngsi-ld.jsonl"}
    lines = (_dumps(form(entity)) + "\n" for entity in entities)
    return Response(stream_with_context(lines), mimetype="application/jsonl", headers=headers)


def _form() -> Form:
    asked = tk.request.args.get("options", "normalized")
    if asked not in _FORMS:
        return tk.abort(400, tk._("The option is normalized or keyValues."))  # type: ignore[no-any-return]
    return _FORMS[asked]


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
