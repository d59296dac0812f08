"""Facet counts from Solr's JSON Facet API, with the permissions of CKAN's search.

package_search runs once; its parameters, with permission labels and the filters of all plugins, are captured and sent
to Solr again with any number of facets.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
import pysolr
from ckan.lib import search
from ckan.lib.search import SolrConnectionError
from ckan.lib.search.common import make_connection
from ckan.types import Context

Facets = Mapping[str, Any]

# All Solr parameters that select records; permission labels and filters of other plugins are in `fq`.
_SELECTING = ("q", "fq", "q.op", "defType", "mm", "qf", "tie", "df", "bf", "boost")
_captured: ContextVar[dict[str, Any] | None] = ContextVar("captured", default=None)


def capture_params(params: Mapping[str, Any]) -> None:
    """Store the Solr parameters of CKAN's search if `capture_query` is running; called from after_dataset_search."""
    captured = _captured.get()
    if captured is not None:
        captured.update(selecting_params(params))


def selecting_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the Solr parameters of CKAN's search that select records, including those that CKAN has added."""
    return {name: params[name] for name in _SELECTING if name in params}


def count(context: Context, query: Mapping[str, Any], facets: Facets) -> dict[str, Any]:
    """Return the facets of all records that match a package_search query, in two requests to Solr."""
    results = query_index(capture_query(context, query), facets, rows=0)
    return dict(results.raw_response["facets"])


@dataclass(frozen=True)
class CapturedQuery:
    """Solr parameters that select the records which a user may see, and their number."""

    params: Mapping[str, Any]
    total: int


def capture_query(context: Context, query: Mapping[str, Any]) -> CapturedQuery:
    """Run package_search with the user's permissions and all plugins, and return the Solr parameters that it used."""
    captured: dict[str, Any] = {}
    token = _captured.set(captured)
    try:
        results = tk.get_action("package_search")(tk.fresh_context(context), {**query, "rows": 0, "facet": "false"})
    finally:
        _captured.reset(token)
    return CapturedQuery(captured, results["count"])


def connect() -> pysolr.Solr:
    """Return a connection to Solr. It may be used in a thread without an application context."""
    return make_connection(decode_dates=False)


def query_index(
    captured: CapturedQuery, facets: Facets | None = None, connection: pysolr.Solr | None = None, **params: Any
) -> pysolr.Results:
    """Query Solr for the records of a captured query, with other parameters.

    :raises SearchError: Solr rejected the query
    :raises SolrConnectionError: Solr cannot be reached or failed
    """
    json_facet = {"json.facet": json.dumps(facets, separators=(",", ":")), "indent": "false"} if facets else {}
    try:
        return (connection or connect()).search(**captured.params, facet="false", wt="json", **params, **json_facet)
    except pysolr.SolrError as error:
        if _is_query_error(str(error)):
            raise search.SearchError(str(error)) from error
        raise SolrConnectionError(str(error)) from error


def is_down(problem: Exception) -> bool:
    """Tell whether a search failed because Solr is unavailable, and not because of the query."""
    if isinstance(problem, SolrConnectionError):
        return True
    # CKAN raises the same exception for some failures of Solr and for queries with a syntax error.
    text = str(problem)
    return text.startswith("SOLR returned") and not _is_query_error(text)


def _is_query_error(text: str) -> bool:
    return "(HTTP 400)" in text


def terms(field: str, facets: Facets | None = None, **options: Any) -> dict[str, Any]:
    """Return a terms facet with all values of a field."""
    return {"type": "terms", "field": field, "limit": -1, **options, **({"facet": facets} if facets else {})}


def enumerated(field: str, facets: Facets | None = None) -> dict[str, Any]:
    """Return a terms facet for a field with few values, which Solr counts value by value.

    Records without a value are not counted: Solr's method `enum` does not support `missing`.
    """
    return terms(field, facets, method="enum", sort="index asc")


def among(query: str, facets: Facets | None = None, **options: Any) -> dict[str, Any]:
    """Return a query facet, in the short form if it has nothing but the query."""
    if not facets and not options:
        return {"query": query}
    return {"type": "query", "q": query, **options, **({"facet": facets} if facets else {})}


def values(response: Mapping[str, Any], name: str) -> Iterable[tuple[str, int]]:
    """Yield value and count of each bucket of a terms facet. Solr leaves the facet out if no record matched."""
    for bucket in response.get(name, {}).get("buckets", ()):
        yield bucket["val"], bucket["count"]


def number(response: Mapping[str, Any], name: str) -> int:
    """Return the count of a query facet."""
    return int(response.get(name, {}).get("count", 0))
