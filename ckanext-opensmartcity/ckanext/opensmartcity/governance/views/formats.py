"""Output formats of one record: a route for each registered format, and the response behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context
from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from ... import registry
from ...contributions import OutputFormat
from ...standard.i18n import N_
from ...views.http import JSON, cached, fetch_or_refuse, page_blueprint
from ..governance import request_language

RECORD_ROUTE = "/<governed:package_type>/<id>/transparency"
# A route for each format: the endpoint is the name of the format.
BLUEPRINT = "opensmartcity_formats"


def load_governance(context: Context, id: str) -> dict[str, Any]:
    """Return the result of governance_show in the language of the request."""
    result: dict[str, Any] = tk.get_action("governance_show")(context, {"id": id, "lang": request_language()})
    return result


def respond(output: OutputFormat, id: str) -> ResponseReturnValue:
    """Return a record in a format; 404 with the reason if this portal cannot write it."""
    if reason := output.unavailable():
        return tk.abort(404, reason)  # type: ignore[no-any-return]
    load = output.load or load_governance
    content = fetch_or_refuse(id, lambda: load({}, id))
    if isinstance(content, Response):
        return content
    return cached(content, lambda: Response(output.serialize(content), mimetype=output.media_type))


def format_blueprint() -> Blueprint:
    """Return a new blueprint with the route of each format of the features that are on."""
    declared = registry.declared_formats()
    blueprint = page_blueprint(BLUEPRINT, __name__, files=[output.name for output in declared])
    for output in declared:
        blueprint.add_url_rule(f"{RECORD_ROUTE}.{output.suffix}", output.name, _view(output))
    return blueprint


def _view(output: OutputFormat) -> Callable[[str, str], ResponseReturnValue]:
    return lambda package_type, id: respond(output, id)


JSON_FORMAT = OutputFormat(
    "json", JSON, "json", lambda governance: jsonify(governance).get_data(), label=N_("This page as JSON")
)
