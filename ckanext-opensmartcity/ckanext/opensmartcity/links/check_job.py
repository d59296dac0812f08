"""Background job that checks due links: many hosts concurrently, one request per host at a time, with a rate limit.

Memory use is constant: at most a few hundred claimed links are held. A run that is stopped releases its claims; those
of a run that is killed expire after some hours.
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
from ..contributions import Diagnosis, DoctorCheck, run_nightly
from ..governance import model as governance_model
from ..governance.http_identity import PRODUCT, fetcher
from ..http_client.errors import WAIT
from ..http_client.link_checker import FAILED, Link, LinkChecker, Result
from ..http_client.politeness import RateLimiter, next_check
from ..standard.i18n import N_, Message
from . import model as links_model
from .model import Claimed, Share

WORKERS = 8
_BATCH, _PER_HOST = 400, 10
_LEASE, _MIN_WAIT = timedelta(hours=6), timedelta(hours=1)
# A run each night leaves nothing due for longer.
_LATE = timedelta(days=2)

log = logging.getLogger(__name__)

Checked = tuple[Claimed, Result]


class RunError(Exception):
    """A run cannot start; the message is for administrators."""


def job() -> None:
    """Job: check all due links and log the number of results by state."""
    try:
        counts = Counter(check())
    except RunError as error:
        log.warning("ckanext-opensmartcity: %s", error)
        return
    log.info("ckanext-opensmartcity: links checked: %s", dict(counts))


def check(limit: int | None = None, workers: int = WORKERS) -> Generator[str, None, None]:
    """Check due links and yield the state of each. Raise RunError if another run is active or tables are missing."""
    if not governance_model.ready():
        raise RunError("The tables are missing. Run: ckan db upgrade")
    with links_model.one_run() as is_only_run:
        if not is_only_run:
            raise RunError("Another run is checking links now.")
        links_model.collect(model.Session(), _now())
        model.Session.commit()
        checker = LinkChecker(fetcher(), PRODUCT, RateLimiter(config.link_seconds()))
        yield from _Run(checker, limit, workers).outcomes()


def waiting() -> int:
    """Return the number of links that are due now."""
    return links_model.due(model.Session(), _now())


def check_runs() -> Diagnosis:
    """Check that the links are checked as often as configured (doctor)."""
    known = links_model.runs(model.Session(), _now() - _LATE)
    gauges = {"links_overdue": float(known.overdue), "links_failed": float(known.failed)}
    if known.last:
        gauges["links_checked_timestamp_seconds"] = known.last.timestamp()
    remedy = run_nightly("ckan opensmartcity links check")
    if known.never:
        return Diagnosis("warning", Message(N_("The links of datasets were never checked.")), remedy, gauges)
    if known.overdue:
        values = {"n": str(known.overdue), "day": known.last.date().isoformat() if known.last else "–"}
        text = Message(
            N_("Links that should have been checked two days ago: {n}. The last check was on {day}."), values
        )
        return Diagnosis("warning", text, remedy, gauges)
    return Diagnosis("ok", Message(N_("The links of datasets are checked.")), gauges=gauges)


CHECK = DoctorCheck(
    "links",
    check_runs,
    needs="database",
    gauges={
        "links_overdue": "Links whose check is overdue by two days",
        "links_failed": "Links that could not be reached when they were checked last",
        "links_checked_timestamp_seconds": "Time of the last check of a link, in Unix time",
    },
)


def _now() -> datetime:
    return datetime.now(timezone.utc)


class _Run:
    """State of one run: remaining limit, claims in progress, and number of checks by host."""

    def __init__(self, checker: LinkChecker, limit: int | None, workers: int) -> None:
        self._checker = checker
        self._left = limit
        self._workers = workers
        self._checks: Counter[str] = Counter()
        self._claims: dict[Future[list[Checked]], list[Claimed]] = {}
        self._limit = config.link_host_limit()
        self._stopped = threading.Event()

    def outcomes(self) -> Generator[str, None, None]:
        pool = ThreadPoolExecutor(self._workers, thread_name_prefix="links")
        try:
            while self._fill(pool):
                done, _ = wait(self._claims, return_when=FIRST_COMPLETED)
                for each in done:
                    checked = each.result()
                    self._store(checked)
                    del self._claims[each]
                    yield from (result.state or WAIT for _, result in checked)
        finally:
            self._stopped.set()
            pool.shutdown(cancel_futures=True)
            # Links that were claimed and not checked are due again.
            model.Session.rollback()
            rows = [{"id": each.id, "due": _now()} for group in self._claims.values() for each in group]
            links_model.postpone(model.Session(), rows)
            model.Session.commit()

    def _fill(self, pool: ThreadPoolExecutor) -> bool:
        """Claim more links while workers are free; return False when the run is complete."""
        if len(self._claims) < self._workers:
            by_host = defaultdict(list)
            for claimed in self._claim():
                by_host[claimed.host].append(claimed)
            for host, group in by_host.items():
                self._checks[host] += len(group)
                self._claims[pool.submit(self._check, group)] = group
        return bool(self._claims)

    def _claim(self) -> list[Claimed]:
        limit = _BATCH if self._left is None else min(_BATCH, self._left)
        busy = {group[0].host for group in self._claims.values()}
        full = {host for host, count in self._checks.items() if count >= self._limit}
        share = Share(limit, min(_PER_HOST, self._limit), busy | full)
        claimed = links_model.claim(model.Session(), _now(), _now() + _LEASE, share) if limit else []
        model.Session.commit()
        if self._left is not None:
            self._left -= len(claimed)
        return claimed

    def _check(self, group: Iterable[Claimed]) -> list[Checked]:
        """Check links of one host sequentially. Runs in a thread, without database access."""
        return [
            (each, self._checker.check(Link(each.url, each.etag, each.modified)))
            for each in group
            if not self._stopped.is_set()
        ]

    def _store(self, checked: Iterable[Checked]) -> None:
        now = _now()
        rows = [_row(claimed, result, now) for claimed, result in checked]
        links_model.store(model.Session(), [row for row in rows if row["state"]])
        links_model.postpone(
            model.Session(), [{"id": row["id"], "due": row["due"]} for row in rows if not row["state"]]
        )
        model.Session.commit()


def _row(claimed: Claimed, result: Result, now: datetime) -> dict[str, Any]:
    """Return the row to store; Retry-After of a host is respected, with a minimum of an hour."""
    failures = claimed.failures + 1 if result.state == FAILED else 0
    if result.wait is None:
        delay = next_check(result.state or "", failures, config.link_days())
    else:
        delay = max(timedelta(seconds=result.wait), _MIN_WAIT)
    return {
        "id": claimed.id,
        "state": result.state,
        "problem": result.problem,
        "status": result.status,
        "etag": result.etag,
        "modified": result.modified,
        "now": now,
        "due": now + delay,
    }
