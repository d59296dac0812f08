"""NGSI-LD entities for the data platforms of cities: content of the output format, and all records as a stream."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.search import SearchError, SolrConnectionError
from ckan.types import Context
from flask import Response, stream_with_context
from flask.typing import ResponseReturnValue

from ..exchange.ngsi_ld import simplify
from ..views.http import page_blueprint
from . import stream as ngsi_ld_stream

blueprint = page_blueprint("opensmartcity_ngsi_ld", __name__)

Entity = dict[str, Any]
Form = Callable[[Entity], Entity]
_FORMS: dict[str, Form] = {"normalized": lambda entity: entity, "keyValues": simplify}


def load(context: Context, id: str) -> list[Entity]:
    """Return one record and its files as a list of entities, as context brokers accept it."""
    form = _form()
    return [form(entity) for entity in ngsi_ld_stream.of_record(context, id)]


@blueprint.route("/transparency/ngsi-ld.jsonl")
def stream() -> ResponseReturnValue:
    """Stream all records that the user may see as JSON Lines, one entity per line."""
    form = _form()
    try:
        entities = ngsi_ld_stream.of_catalogue({"user": tk.current_user.name})
    except (SearchError, SolrConnectionError):
        return tk.abort(503, tk._("The search does not answer now. Please try again later."))  # type: ignore[no-any-return]
    headers = {"Content-Disposition": "attachment; filename=ngsi-ld.jsonl"}
    lines = (dumps(form(entity)) + "\n" for entity in entities)
    return Response(stream_with_context(lines), mimetype="application/jsonl", headers=headers)


def _form() -> Form:
    option = tk.request.args.get("options", "normalized")
    if option not in _FORMS:
        return tk.abort(400, tk._("The option is normalized or keyValues."))  # type: ignore[no-any-return]
    return _FORMS[option]


def dumps(value: Any) -> str:
    """Return compact JSON, in which names and texts stay readable."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
