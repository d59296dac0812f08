"""A run over all links that are due: many hosts at once, one link of a host at a time, and stored as it goes.

What is in memory are the links in hand, a few hundred however many there are. A run that is stopped gives them back;
one that is killed leaves them due again some hours later.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter, defaultdict
from collections.abc import Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta, timezone
from typing import Any

from ckan import model

from .. import config
from ..governance import model as governance_model
from ..governance.http_identity import PRODUCT, fetcher
from ..http_client.errors import WAIT
from ..http_client.link_checker import FAILED, Link, LinkChecker, Result
from ..http_client.politeness import RateLimiter, next_check
from . import model as links_model
from .model import Claimed, Share

WORKERS = 8
_IN_HAND, _TURNS = 400, 10
_LEASE, _SOONEST = timedelta(hours=6), timedelta(hours=1)

log = logging.getLogger(__name__)

Looked = tuple[Claimed, Result]


class RunError(Exception):
    """Why no run can be made now, in words for an administrator."""


def job() -> None:
    """Check links as a background job."""
    try:
        counts = Counter(check())
    except RunError as error:
        log.warning("ckanext-opensmartcity: %s", error)
        return
    log.info("ckanext-opensmartcity: links checked: %s", dict(counts))


def check(limit: int | None = None, workers: int = WORKERS) -> Generator[str, None, None]:
    """Check the links that are due, and yield for each what became of it; RunError where another run is at it."""
    if not governance_model.ready():
        raise RunError("The tables are missing. Run: ckan db upgrade")
    with links_model.one_run() as alone:
        if not alone:
            raise RunError("Another run is checking links now.")
        links_model.collect(model.Session(), _now())
        model.Session.commit()
        checker = LinkChecker(fetcher(), PRODUCT, RateLimiter(config.link_seconds()))
        yield from _Run(checker, limit, workers).outcomes()


def waiting() -> int:
    """Return how many links are due now."""
    return links_model.due(model.Session(), _now())


def _now() -> datetime:
    return datetime.now(timezone.utc)


class _Run:
    """One run: what was taken, what is in hand, and which hosts have had enough."""

    def __init__(self, checker: LinkChecker, limit: int | None, workers: int) -> None:
        self._checker = checker
        self._left = limit
        self._workers = workers
        self._asked: Counter[str] = Counter()
        self._hands: dict[Future[list[Looked]], list[Claimed]] = {}
        self._limit = config.link_host_limit()
        self._stopped = threading.Event()

    def outcomes(self) -> Generator[str, None, None]:
        pool = ThreadPoolExecutor(self._workers, thread_name_prefix="links")
        try:
            while self._take(pool):
                done, _ = wait(self._hands, return_when=FIRST_COMPLETED)
                for each in done:
                    looked = each.result()
                    self._store(looked)
                    del self._hands[each]
                    yield from (result.state or WAIT for _, result in looked)
        finally:
            self._stopped.set()
            pool.shutdown(cancel_futures=True)
            # Links that were claimed and not checked are due again.
            model.Session.rollback()
            rows = [{"id": each.id, "due": _now()} for group in self._hands.values() for each in group]
            links_model.postpone(model.Session(), rows)
            model.Session.commit()

    def _take(self, pool: ThreadPoolExecutor) -> bool:
        """Fill the hands before they are empty; False where there is nothing left to do."""
        if len(self._hands) < self._workers:
            by_host = defaultdict(list)
            for claimed in self._claim():
                by_host[claimed.host].append(claimed)
            for host, group in by_host.items():
                self._asked[host] += len(group)
                self._hands[pool.submit(self._look, group)] = group
        return bool(self._hands)

    def _claim(self) -> list[Claimed]:
        limit = _IN_HAND if self._left is None else min(_IN_HAND, self._left)
        busy = {group[0].host for group in self._hands.values()}
        full = {host for host, count in self._asked.items() if count >= self._limit}
        share = Share(limit, min(_TURNS, self._limit), busy | full)
        claimed = links_model.claim(model.Session(), _now(), _now() + _LEASE, share) if limit else []
        model.Session.commit()
        if self._left is not None:
            self._left -= len(claimed)
        return claimed

    def _look(self, group: Iterable[Claimed]) -> list[Looked]:
        """Check links of one host, one after the other. Runs in a thread, so the database is left alone."""
        return [
            (each, self._checker.check(Link(each.url, each.etag, each.modified)))
            for each in group
            if not self._stopped.is_set()
        ]

    def _store(self, looked: Iterable[Looked]) -> None:
        now = _now()
        rows = [_row(claimed, result, now) for claimed, result in looked]
        links_model.store(model.Session(), [row for row in rows if row["state"]])
        links_model.postpone(
            model.Session(), [{"id": row["id"], "due": row["due"]} for row in rows if not row["state"]]
        )
        model.Session.commit()


def _row(claimed: Claimed, result: Result, now: datetime) -> dict[str, Any]:
    """Return what to store; a host that asked for time gets it, an hour at least."""
    failures = claimed.failures + 1 if result.state == FAILED else 0
    if result.wait is None:
        away = next_check(result.state or "", failures, config.link_days())
    else:
        away = max(timedelta(seconds=result.wait), _SOONEST)
    return {
        "id": claimed.id,
        "state": result.state,
        "problem": result.problem,
        "status": result.status,
        "etag": result.etag,
        "modified": result.modified,
        "now": now,
        "due": now + away,
    }
