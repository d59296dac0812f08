"""OpenAPI document of this portal, served with CORS."""

from __future__ import annotations

import json

from flask.typing import ResponseReturnValue

from .. import config
from ..governance.http_identity import portal_url
from ..registry import formats, get_actions
from ..views.http import page_blueprint
from . import describe

blueprint = page_blueprint("opensmartcity_openapi", __name__, url_prefix="/transparency")


@blueprint.route("/openapi.json")
def document() -> ResponseReturnValue:
    """Return the document with the URLs and output formats of this portal and the standard of this city."""
    body = json.dumps(describe(get_actions(), formats(), config.standard(), portal_url()), ensure_ascii=False)
    headers = {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*"}
    return body, headers
