"""The pace at which each host is asked: never two requests sooner after each other than agreed."""
# MERGED What the owner of a host lets programs open: its robots.txt by RFC 9309, read once a run.
# MERGED How long to stay away from a host: as long as it says, within reason, and longer each time it fails.

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from protego import Protego

from .errors import BROKEN, REDIRECTS, ROBOTS, WAIT, FetchError

# Whoever wants us to wait longer is asked another day.
PATIENCE = 60.0
MOST_HOSTS = 10_000


class Pace:
    """Knows when each host may be asked next; for all threads of a run."""

    def __init__(
        self,
        delay: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._delay = delay
        self._clock = clock
        self._sleep = sleep
        self._next: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, host: str, delay: float | None = None) -> None:
        """Sleep until a host may be asked, and take the turn; a FetchError where that is too far away."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next.get(host, now))
            if turn - now > PATIENCE:
                raise FetchError(WAIT, wait=int(turn - now))
            self._next[host] = turn + max(self._delay, min(delay or 0, PATIENCE))
            self._forget(now)
        if turn > now:
            self._sleep(turn - now)

    def hold(self, host: str, seconds: float) -> None:
        """Leave a host alone for so long, because it said so."""
        with self._lock:
            self._next[host] = max(self._next.get(host, 0), self._clock() + seconds)

    def _forget(self, now: float) -> None:
        if len(self._next) > MOST_HOSTS:
            self._next = {host: turn for host, turn in self._next.items() if turn > now}


MOST_BYTES = 500 * 1024
MOST_ORIGINS = 1000

ReadText = Callable[[str], tuple[int, bytes]]


class Robots:
    """Remembers the rules of the origins that were asked last."""

    def __init__(self, product: str, read: ReadText) -> None:
        self._product = product
        self._read = read
        self._known: OrderedDict[str, Protego | FetchError] = OrderedDict()
        self._lock = threading.Lock()

    def ask(self, url: str) -> float | None:
        """Return how many seconds an origin wants between two requests; a FetchError where it may not be opened.

        An origin that does not answer at all gives its own reason, so each further link there fails without a request.
        """
        rules = self._rules(url)
        if isinstance(rules, FetchError):
            raise FetchError(rules.problem, rules.detail, rules.wait)
        if not rules.can_fetch(url, self._product):
            raise FetchError(ROBOTS)
        delay = rules.crawl_delay(self._product)
        return None if delay is None else float(delay)

    def _rules(self, url: str) -> Protego | FetchError:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc.lower()}"
        with self._lock:
            if origin in self._known:
                self._known.move_to_end(origin)
                return self._known[origin]
        rules = self._fetched(f"{origin}/robots.txt")
        with self._lock:
            self._known[origin] = rules
            if len(self._known) > MOST_ORIGINS:
                self._known.popitem(last=False)
        return rules

    def _fetched(self, url: str) -> Protego | FetchError:
        try:
            status, body = self._read(url)
        except FetchError as error:
            return Protego.parse("") if error.problem in (BROKEN, REDIRECTS) else error
        if status >= 500:
            return FetchError(ROBOTS)
        return Protego.parse(body.decode("utf-8", "replace") if status < 300 else "")


SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=7)


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return how long a host asks to be left alone, at least a minute and at most a week; None where it does not."""
    text = (headers.get("Retry-After") or "").strip()
    if not text:
        return None
    asked = _seconds(text) if text.isascii() and text.isdigit() else _until(text, now)
    return None if asked is None else min(max(asked, SHORTEST), LONGEST)


def _seconds(digits: str) -> timedelta:
    return timedelta(seconds=min(int(digits[:10]), LONGEST.total_seconds()))


def _until(text: str, now: datetime) -> timedelta | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)) - now


def next_look(state: str, failures: int, days: int) -> timedelta:
    """Return when to look again: in the usual number of days; what fails first after a day, then after two, four."""
    if state != "failed":
        return timedelta(days=days)
    return timedelta(days=min(2 ** min(max(failures - 1, 0), 10), days))
