"""Counts straight from the search index: CKAN's own search first, then its very filters once more with many facets."""

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

# Everything that decides which records a search finds; permission labels and filters of other plugins are in `fq`.
_DECIDES = ("q", "fq", "q.op", "defType", "mm", "qf", "tie", "df", "bf", "boost")
_caught: ContextVar[dict[str, Any] | None] = ContextVar("caught", default=None)


def catch(params: Mapping[str, Any]) -> None:
    """Keep how CKAN asked the index, if a count waits for it."""
    caught = _caught.get()
    if caught is not None:
        caught.update({name: params[name] for name in _DECIDES if name in params})


def count(context: Context, asked: Mapping[str, Any], facets: Facets) -> dict[str, Any]:
    """Return the facets of all records that a search would find; two requests, however many facets."""
    found = ask(decide(context, asked), facets, rows=0)
    return dict(found.raw_response["facets"])


@dataclass(frozen=True)
class Decided:
    """How CKAN asks the index for the records that somebody may see, and how many there are."""

    params: Mapping[str, Any]
    total: int


def decide(context: Context, asked: Mapping[str, Any]) -> Decided:
    """Search as anybody would, with permissions and all plugins, and return how the index was asked."""
    caught: dict[str, Any] = {}
    token = _caught.set(caught)
    try:
        found = tk.get_action("package_search")(tk.fresh_context(context), {**asked, "rows": 0, "facet": "false"})
    finally:
        _caught.reset(token)
    return Decided(caught, found["count"])


def connect() -> pysolr.Solr:
    """Return a connection to the index; it may be used in a thread that knows nothing of CKAN."""
    return make_connection(decode_dates=False)


def ask(
    decided: Decided, facets: Facets | None = None, connection: pysolr.Solr | None = None, **params: Any
) -> pysolr.Results:
    """Ask the index once more for the same records, in another way."""
    counted = {"json.facet": json.dumps(facets)} if facets else {}
    try:
        return (connection or connect()).search(**decided.params, facet="false", wt="json", **params, **counted)
    except pysolr.SolrError as error:
        if _is_query(str(error)):
            raise search.SearchError(str(error)) from error
        raise SolrConnectionError(str(error)) from error


def is_down(problem: Exception) -> bool:
    """Tell whether a search failed for another reason than what was asked."""
    if isinstance(problem, SolrConnectionError):
        return True
    # CKAN tells only some failures of Solr from queries that it does not understand.
    text = str(problem)
    return text.startswith("SOLR returned") and not _is_query(text)


def _is_query(text: str) -> bool:
    return "(HTTP 400)" in text


def terms(field: str, facets: Facets | None = None, **options: Any) -> dict[str, Any]:
    """Return the facet of every value of a field."""
    return {"type": "terms", "field": field, "limit": -1, **options, **({"facet": facets} if facets else {})}


def among(query: str, facets: Facets | None = None, **options: Any) -> dict[str, Any]:
    """Return the facet of the records that a query finds."""
    return {"type": "query", "q": query, **options, **({"facet": facets} if facets else {})}


def values(answer: Mapping[str, Any], name: str) -> Iterable[tuple[str, int]]:
    """Yield value and count of a facet; nothing where the index found no record for it."""
    for bucket in answer.get(name, {}).get("buckets", ()):
        yield bucket["val"], bucket["count"]


def number(answer: Mapping[str, Any], name: str) -> int:
    """Return the count of a query's facet."""
    return int(answer.get(name, {}).get("count", 0))
