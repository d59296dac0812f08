"""For programmers: the actions of the API as an OpenAPI document."""

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
    """Give the document with the address of this portal's API and the standard of this city."""
    ours = {name: action for name, action in get_actions().items() if name.startswith("governance_")}
    server = str(tk.url_for("api.action", logic_function="x", qualified=True, ver=3, locale="default")).rpartition("/")
    body = json.dumps(describe(ours, config.standard(), server[0]), ensure_ascii=False)
    headers = {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*"}
    return body, headers
