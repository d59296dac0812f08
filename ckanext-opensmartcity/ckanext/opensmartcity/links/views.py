"""Pages of the link report: failed links of public datasets, as HTML and JSON."""

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
    """Show a page of links; as JSON if the Accept header prefers it (content negotiation)."""
    if prefers_json():
        return listing()
    links = _links()
    return cached(links, lambda: make_response(tk.render("opensmartcity/links.html", {"found": links})))


@blueprint.route("/transparency/links.json")
def listing() -> ResponseReturnValue:
    """Return the same list as JSON, in the language of the URL."""
    links = _links()
    return cached(links, lambda: jsonify(links))


def _links() -> dict[str, Any]:
    params = {name: tk.request.args[name] for name in ("state", "cursor") if name in tk.request.args}
    try:
        links: dict[str, Any] = tk.get_action("governance_links_list")({}, {**params, "lang": request_language()})
    except tk.ValidationError:
        return tk.abort(400, tk._("There is no such list of links."))  # type: ignore[no-any-return]
    return links
