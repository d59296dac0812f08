"""For stewards and journalists: the links of public datasets that could not be reached, as a page and as JSON."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import jsonify, make_response
from flask.typing import ResponseReturnValue

from ..governance.governance import request_language
from ..views.http import cached, page_blueprint, prefers_json

blueprint = page_blueprint("opensmartcity_links", __name__)


@blueprint.route("/transparency/links")
def page() -> ResponseReturnValue:
    """Show the links, a page at a time; as JSON where the Accept header prefers it."""
    if prefers_json():
        return listing()
    found = _found()
    return cached(found, lambda: make_response(tk.render("opensmartcity/links.html", {"found": found})))


@blueprint.route("/transparency/links.json")
def listing() -> ResponseReturnValue:
    """Give the same as JSON, in the language of the address."""
    found = _found()
    return cached(found, lambda: jsonify(found))


def _found() -> dict[str, Any]:
    given = {name: tk.request.args[name] for name in ("state", "cursor") if name in tk.request.args}
    try:
        found: dict[str, Any] = tk.get_action("governance_links_list")({}, {**given, "lang": request_language()})
    except tk.ValidationError:
        return tk.abort(400, tk._("There is no such list of links."))  # type: ignore[no-any-return]
    return found
