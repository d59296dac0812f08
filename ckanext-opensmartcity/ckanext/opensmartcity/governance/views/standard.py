"""For everybody: the standard itself with its clause ids, as a page, Markdown, JSON and JSON Schema."""

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
    """Show every question, rule and code with its clause id; as JSON where the Accept header prefers it."""
    if prefers_json():
        return listing()
    return _answer(_page, "text/html")


@blueprint.route("/standard.json")
def listing() -> ResponseReturnValue:
    """Give the same as JSON, in the language of the address."""
    return _answer(_listing, "application/json")


@blueprint.route("/standard.md")
def markdown() -> ResponseReturnValue:
    """Give the same as Markdown, in the language of the address."""
    reader = language(request_language())
    return _answer(lambda: reference(config.standard(), reader), "text/markdown")


@blueprint.route("/standard/<kind>.schema.json")
def schema(kind: str) -> ResponseReturnValue:
    """Give the JSON Schema of one kind of record, with the rules that need the home of this portal."""
    if kind not in config.standard().records:
        return tk.abort(404, tk._("The standard has no such kind of record."))  # type: ignore[no-any-return]
    return _answer(lambda: _schema(kind), "application/schema+json", kind, config.settings().home or "")


@blueprint.route("/context.jsonld")
def context() -> ResponseReturnValue:
    """Give the JSON-LD context: the term behind each question and each code."""
    answer = _answer(lambda: json.dumps(json_ld_context(config.standard())), "application/ld+json")
    # Programs of other sites read it too, in browsers.
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _page() -> str:
    reader = language(request_language())
    kinds = list(config.standard().records)
    values = {"standard": outline(config.standard(), reader), "kinds": kinds}
    return str(tk.render("opensmartcity/standard.html", values))


def _listing() -> str:
    shown = tk.get_action("governance_standard_show")({}, {"lang": request_language()})
    return json.dumps(shown, ensure_ascii=False)


def _schema(kind: str) -> str:
    translate = language(request_language()).translate
    return json.dumps(json_schema(config.standard(), kind, config.settings().home, translate), ensure_ascii=False)


def _answer(make: Callable[[], str], media_type: str, *parts: str) -> Response:
    """Answer with what was made, or that nothing changed since the reader's copy: told before anything is made."""
    tk.check_access("governance_standard_show", {}, {})
    content_type = {"Content-Type": f"{media_type}; charset=utf-8"}
    content = [standard_digest(config.standard()), media_type, *parts]
    return cached(content, lambda: make_response(make(), content_type))
