"""Page with the badge of a dataset and the HTML to embed it."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckanext.opensmartcity.views.http import cached, fetch_or_refuse, page_blueprint
from flask import Response, make_response
from flask.typing import ResponseReturnValue

blueprint = page_blueprint("badge", __name__)


@blueprint.route("/dataset/<id>/badge")
def page(id: str) -> ResponseReturnValue:
    """Show the badge of a dataset."""
    governance = fetch_or_refuse(id, lambda: tk.get_action("governance_show")({}, {"id": id}))
    if isinstance(governance, Response):
        return governance
    values = {"dataset": governance["dataset"], "links": governance["links"]}
    return cached(values, lambda: make_response(tk.render("badge/page.html", values)))
