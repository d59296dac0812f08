"""Availability of Solr, probed before a web request uses it: no visitor waits for a server that is down or hangs.

CKAN has one timeout for Solr, `solr_timeout` with 60 seconds, which index writes and commits of a large catalogue need.
The probe finds a server that does not respond at all, and does not limit queries that take long.
"""

from __future__ import annotations

import time
from typing import Any

import ckan.plugins.toolkit as tk
import requests
from ckan.lib.search import SolrConnectionError
from ckan.lib.search.common import make_connection
from ckan.types import ChainedAction, Context
from flask import g, has_request_context

# Seconds to connect, and to wait for the response.
_PROBE_TIMEOUT = (0.5, 1.2)
# Seconds for which a result holds in this process. A failure holds shorter, so that recovery is noticed at once.
_UP_FOR, _DOWN_FOR = 5.0, 1.0

_results: dict[str, tuple[float, str]] = {}


def require_solr() -> None:
    """Raise SolrConnectionError in a web request if Solr does not respond. Commands and jobs wait as CKAN does."""
    if problem := _problem():
        raise SolrConnectionError(f"Solr does not respond: {problem}")


def is_known_down() -> bool:
    """Tell whether Solr did not respond to this web request."""
    return bool(getattr(g, "opensmartcity_solr_problem", ""))


@tk.chained_action
@tk.side_effect_free
def package_show(next_action: ChainedAction, context: Context, data_dict: dict[str, Any]) -> Any:
    """Read a dataset from the database, not from its copy in the index, while Solr does not respond."""
    if context.get("use_cache", True) and _problem():
        # In place: callers reuse the package that the action puts into the context.
        context["use_cache"] = False
    return next_action(context, data_dict)


def _problem() -> str:
    """Return the reason for which Solr is not available to this web request; an empty string if it responds."""
    if not has_request_context():
        return ""
    if is_known_down():
        # One probe for each request, however long the rest of it takes.
        return str(g.opensmartcity_solr_problem)
    if problem := probe():
        g.opensmartcity_solr_problem = problem
    return problem


def probe() -> str:
    """Ask Solr for a sign of life, unless that was done just now.

    Return the kind of failure, an empty string if it responds.
    """
    url = make_connection(decode_dates=False).url
    expires, problem = _results.get(url, (0.0, ""))
    if expires <= time.monotonic():
        problem = _ask()
        _results[url] = time.monotonic() + (_DOWN_FOR if problem else _UP_FOR), problem
    return problem


def _ask() -> str:
    query = {"q": "*:*", "rows": "0", "wt": "json"}
    try:
        # A response with an error is one, too: the query that follows reports it better.
        url = f"{make_connection(decode_dates=False).url.rstrip('/')}/select"
        requests.get(url, query, timeout=_PROBE_TIMEOUT, stream=True).close()
    except requests.RequestException as error:
        # The message of the exception would contain the URL, and with it Solr's password.
        return type(error).__name__
    return ""
