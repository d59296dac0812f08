"""Comparison page as HTML and JSON, and the JSON Schema of a city's indicators."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Response, jsonify, make_response
from flask.typing import ResponseReturnValue

from ..exchange.city_indicators import city_schema_text
from ..governance.governance import request_language
from ..views.http import cached, page_blueprint, prefers_json

blueprint = page_blueprint("opensmartcity_compare", __name__)


@blueprint.route("/transparency/compare")
def page() -> ResponseReturnValue:
    """Show the cities side by side; as JSON if the Accept header prefers it (content negotiation)."""
    if prefers_json():
        return listing()
    compared = _compared()
    return cached(compared, lambda: make_response(tk.render("opensmartcity/compare.html", {"compared": compared})))


@blueprint.route("/transparency/compare.json")
def listing() -> ResponseReturnValue:
    """Return the same comparison as JSON, in the language of the URL."""
    compared = _compared()
    return cached(compared, lambda: jsonify(compared))


@blueprint.route("/transparency/city.schema.json")
def schema() -> ResponseReturnValue:
    """Return the JSON Schema of a city's indicators, against which those of other cities are validated."""
    text = city_schema_text()
    return cached(text, lambda: Response(text, mimetype="application/schema+json"))


def _compared() -> dict[str, Any]:
    compared: dict[str, Any] = tk.get_action("governance_compare_show")({}, {"lang": request_language()})
    return compared
