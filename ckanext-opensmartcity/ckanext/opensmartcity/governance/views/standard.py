"""Pages of the standard with its clause ids: HTML, Markdown, JSON, JSON Schema and JSON-LD context."""

from __future__ import annotations

import json
from collections.abc import Callable

import ckan.plugins.toolkit as tk
from flask import Response, make_response
from flask.typing import ResponseReturnValue

from ... import config
from ...standard import language, standard_digest
from ...standard.json_schema import json_schema
from ...standard.jsonld_context import json_ld_context
from ...standard.outline import outline
from ...standard.reference_docs import reference
from ...views.http import cached, page_blueprint, prefers_json
from ..governance import request_language

blueprint = page_blueprint("opensmartcity_standard", __name__, url_prefix="/transparency")


@blueprint.route("/standard")
def page() -> ResponseReturnValue:
    """Show every question, rule and code with its clause id; as JSON if the Accept header prefers it."""
    if prefers_json():
        return listing()

    def render() -> str:
        reader, kinds = language(request_language()), list(config.standard().records)
        values = {"standard": outline(config.standard(), reader), "kinds": kinds}
        return str(tk.render("opensmartcity/standard.html", values))

    return _respond(render, "text/html")


@blueprint.route("/standard.json")
def listing() -> ResponseReturnValue:
    """Return the standard as JSON, in the language of the URL."""

    def render() -> str:
        listing = tk.get_action("governance_standard_show")({}, {"lang": request_language()})
        return json.dumps(listing, ensure_ascii=False)

    return _respond(render, "application/json")


@blueprint.route("/standard.md")
def markdown() -> ResponseReturnValue:
    """Return the standard as Markdown, in the language of the URL."""
    reader = language(request_language())
    return _respond(lambda: reference(config.standard(), reader), "text/markdown")


@blueprint.route("/standard/<kind>.schema.json")
def schema(kind: str) -> ResponseReturnValue:
    """Return the JSON Schema of a record type, with the rules that depend on the home jurisdiction of this portal."""
    if kind not in config.standard().records:
        return tk.abort(404, tk._("The standard has no such kind of record."))  # type: ignore[no-any-return]
    home = config.settings().home

    def render() -> str:
        translate = language(request_language()).translate
        return json.dumps(json_schema(config.standard(), kind, home, translate), ensure_ascii=False)

    return _respond(render, "application/schema+json", kind, home or "")


@blueprint.route("/context.jsonld")
def context() -> ResponseReturnValue:
    """Return the JSON-LD context: the IRI of each question and each code."""
    response = _respond(lambda: json.dumps(json_ld_context(config.standard())), "application/ld+json")
    # CORS: JSON-LD processors in browsers load it from other sites.
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _respond(render: Callable[[], str], media_type: str, *parts: str) -> Response:
    """Return 304 if the client has the current version, before rendering; else the rendered text.

    `parts` are the values besides the standard and the media type on which the text depends.
    """
    tk.check_access("governance_standard_show", {}, {})
    content_type = {"Content-Type": f"{media_type}; charset=utf-8"}
    content = [standard_digest(config.standard()), media_type, *parts]
    return cached(content, lambda: make_response(render(), content_type))
