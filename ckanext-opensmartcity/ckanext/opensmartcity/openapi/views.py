"""OpenAPI document of this portal, served with CORS."""

from __future__ import annotations

import json

import ckan.plugins.toolkit as tk
from flask.typing import ResponseReturnValue

from .. import config
from ..feature import get_actions
from ..views.http import page_blueprint
from . import describe

blueprint = page_blueprint("opensmartcity_openapi", __name__, url_prefix="/transparency")


@blueprint.route("/openapi.json")
def document() -> ResponseReturnValue:
    """Return the document with this portal's API URL and this city's standard."""
    server = str(tk.url_for("api.action", logic_function="x", qualified=True, ver=3, locale="default")).rpartition("/")
    body = json.dumps(describe(get_actions(), config.standard(), server[0]), ensure_ascii=False)
    headers = {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*"}
    return body, headers
