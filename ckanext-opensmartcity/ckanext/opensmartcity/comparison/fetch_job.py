"""Background job that fetches the indicators of other cities and stores them, with our own, for the comparison page."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import date, datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.search import SearchError, SolrConnectionError

from .. import config
from ..contributions import Diagnosis, DoctorCheck, run_nightly
from ..exchange.city_indicators import CityError, parse_city
from ..feature import call_if_enabled
from ..governance import model as governance_model
from ..governance.http_identity import fetcher
from ..http_client import Fetcher, Response
from ..http_client.politeness import RateLimiter
from ..standard.i18n import N_, Message
from . import model as comparison_model
from .derived_indicators import Params, derive
from .reader import MOST_BYTES, PLUGIN, PeerError, read_peer

OWN = "own"
_WORKERS = 4
# A run each night fetches earlier.
_LATE = timedelta(days=2)

log = logging.getLogger(__name__)


class PeersError(Exception):
    """Failure that prevents all fetches, with a message for administrators."""


def job() -> None:
    """Job: fetch all cities and log the result of each."""
    try:
        for url, problem in fetch():
            log.info("ckanext-opensmartcity: %s: %s", url, problem or "fetched")
    except PeersError as error:
        log.warning("ckanext-opensmartcity: %s", error)


def fetch() -> Iterator[tuple[str, str | None]]:
    """Fetch all portals concurrently; yield URL and problem code of each, None for success. Raise PeersError."""
    if not governance_model.ready():
        raise PeersError("The tables are missing. Run: ckan db upgrade")
    urls, session = config.peers(), model.Session
    comparison_model.forget_others(session(), [OWN, *urls])
    own = own_city()
    if own:
        comparison_model.store_city(session(), OWN, PLUGIN, own, _now())
    session.commit()
    client, rate_limiter, today = fetcher(), RateLimiter(config.link_seconds()), config.settings().day
    with ThreadPoolExecutor(_WORKERS, thread_name_prefix="peers") as pool:
        futures = {pool.submit(_read, url, client, rate_limiter, today): url for url in urls}
        for future in as_completed(futures):
            url, result = futures[future], future.result()
            if isinstance(result, PeerError):
                comparison_model.store_problem(session(), url, result.problem, result.detail, _now())
            else:
                comparison_model.store_city(session(), url, *result, _now())
            session.commit()
            yield url, result.problem if isinstance(result, PeerError) else None


def _read(url: str, client: Fetcher, rate_limiter: RateLimiter, today: date) -> tuple[str, dict[str, Any]] | PeerError:
    """Read one portal. Runs in a thread, without database access."""
    host = urlsplit(url).netloc

    def get(address: str) -> Response:
        headers = {"Accept": "application/json"}
        return client.fetch("GET", address, headers, MOST_BYTES, lambda _: rate_limiter.wait(host))

    try:
        return read_peer(url, get, today)
    except PeerError as error:
        return error


def own_city() -> dict[str, Any] | None:
    """Return our own indicators as another portal would read them: public, in the source language.

    Return None if the city feature is disabled.
    """
    try:
        shown = call_if_enabled("governance_city_show", {"user": ""}, {})
        if shown is None:
            return None
        own = parse_city(json.dumps(shown).encode())
        total, derived = derive(_search, config.settings().day)
    except (SearchError, SolrConnectionError, tk.NotAuthorized, CityError) as error:
        raise PeersError(f"Our own figures could not be counted: {error}") from error
    return own | {"derived": derived, "datasets": total}


def _search(params: Params) -> Any:
    search: dict[str, Any] = {"fq": params["fq"], "rows": 0}
    if "facet.field" in params:
        search |= {"facet.field": ["res_format", "license_id"], "facet.limit": int(params["facet.limit"])}
    return tk.get_action("package_search")({"user": ""}, search)


def check_runs() -> Diagnosis:
    """Check that the other cities are asked each night (doctor)."""
    urls = config.peers()
    rows = comparison_model.read(model.Session(), urls)
    tried = [row["tried_at"] for row in rows.values()]
    gauges = {"peers_failing": float(sum(row["problem"] is not None for row in rows.values()))}
    if tried:
        gauges["peers_fetched_timestamp_seconds"] = min(tried).timestamp()
    if len(rows) < len(urls) or any(_now() - each > _LATE for each in tried):
        since = min(tried).date().isoformat() if tried and len(rows) == len(urls) else "–"
        text = Message(
            N_("The figures of other cities were not fetched for two days. The last time: {day}"), {"day": since}
        )
        return Diagnosis("warning", text, run_nightly("ckan opensmartcity peers fetch"), gauges)
    return Diagnosis("ok", Message(N_("The figures of other cities are fetched.")), gauges=gauges)


CHECK = DoctorCheck(
    "peers",
    check_runs,
    needs="database",
    gauges={
        "peers_failing": "Portals of other cities whose figures could not be fetched",
        "peers_fetched_timestamp_seconds": "Time of the longest past fetch of a city, in Unix time",
    },
)


def _now() -> datetime:
    return datetime.now(timezone.utc)
