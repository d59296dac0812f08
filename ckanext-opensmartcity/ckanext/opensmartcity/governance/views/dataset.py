"""Transparency page of a dataset or an algorithm record, content negotiation, and a QR sign (SVG)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.search import SearchError, SolrConnectionError
from ckan.types import Context
from flask import Response, after_this_request, make_response
from flask.typing import ResponseReturnValue

from ... import registry
from ...search.facet_counts import is_down
from ...search.related_records import CONTEXT_KEY
from ...views.http import (
    cached,
    fetch_or_refuse,
    page_blueprint,
    preferred,
    register_search_errors,
    set_cache_headers,
    set_security_headers,
)
from ..governance import ALGORITHM_TYPE, links
from ..svg import draw_sign
from .formats import RECORD_ROUTE, load_governance, respond

blueprint = page_blueprint("opensmartcity", __name__)
register_search_errors(blueprint)


@blueprint.route(RECORD_ROUTE)
def transparency(package_type: str, id: str) -> ResponseReturnValue:
    """Show the transparency page of a dataset; redirect to the record's own page for an algorithm."""
    if package_type == ALGORITHM_TYPE:
        return _redirect(tk.url_for(f"{ALGORITHM_TYPE}.read", id=id))
    return read(package_type, id)


def read(package_type: str, id: str) -> ResponseReturnValue:
    """Return a record in the format that the Accept header prefers (content negotiation).

    Redirect to the canonical URL if the record was addressed by its id, a former name or another type.
    """
    offered = {each.media_type: each for each in registry.formats() if each.negotiated}
    media_type = preferred(*offered)
    if media_type in offered:
        return respond(offered[media_type], id)
    context: Context = {}
    governance = _governance(context, id)
    if isinstance(governance, Response):
        return governance
    dataset = governance["dataset"]
    if (package_type, id) != (dataset["type"], dataset["name"]):
        return _redirect(governance["links"]["html"])
    panels = {
        name: registry.panels(place, {"dataset": dataset, "governance": governance})
        for name, place in (("status", "record.status"), ("sections", "record"))
    }
    # The whole record, as CKAN hands it to its base template: plugins that extend it read any part.
    values = {"governance": governance, "pkg_dict": context["record"], "panels": panels}
    return cached(
        [governance, panels, context["record"]],
        lambda: make_response(tk.render("opensmartcity/transparency.html", values)),
    )


@blueprint.route(f"{RECORD_ROUTE}/qr.svg")
def sign(package_type: str, id: str) -> ResponseReturnValue:
    """Return a printable sign with a QR code of the page as SVG."""
    record = fetch_or_refuse(id, lambda: _record(id))
    if isinstance(record, Response):
        return record
    address, title = links(record, record["type"])["html"], record["title"] or record["name"]
    return cached([address, title], lambda: Response(draw_sign(address, title), mimetype="image/svg+xml"))


def _record(id: str) -> dict[str, Any]:
    """Return a record without its links to others, which would need the search index."""
    # The package that package_show puts into the context saves queries.
    context: Context = {}
    record: dict[str, Any] = tk.get_action("package_show")(context, {"id": id})
    tk.check_access("governance_show", context, {"id": record["id"]})
    return record


def _redirect(address: str) -> Response:
    response: Response = tk.redirect_to(address)
    return response


def show_algorithms_as_transparency_pages(views: dict[str, Any]) -> None:
    """Replace CKAN's page of algorithm records by the transparency page, if CKAN has a route for the type."""

    def read_algorithm(package_type: str, id: str) -> ResponseReturnValue:
        # The route belongs to CKAN's blueprint, so that our after_request hooks do not run.
        after_this_request(set_cache_headers)
        after_this_request(set_security_headers)
        return read(package_type, id)

    if f"{ALGORITHM_TYPE}.read" in views:
        views[f"{ALGORITHM_TYPE}.read"] = read_algorithm


def _governance(context: Context, id: str) -> Any:
    """Return the result of governance_show, or the response for a record that cannot be shown.

    While Solr is down, the result has no links to other records.
    """
    try:
        return fetch_or_refuse(id, lambda: load_governance(context, id))
    except (SearchError, SolrConnectionError) as error:
        if not is_down(error):
            raise
    # Shared caches must not keep the page.
    tk.request.environ["__no_cache__"] = True
    context[CONTEXT_KEY] = False
    return fetch_or_refuse(id, lambda: load_governance(context, id))
