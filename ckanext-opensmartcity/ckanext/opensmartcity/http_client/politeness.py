"""Politeness of a crawler: rate limit per host, robots.txt (RFC 9309), Retry-After, and back-off after failures."""

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

# Seconds. A host that wants a longer delay is left for another day.
MAX_WAIT = 60.0
MAX_HOSTS = 10_000
MAX_ROBOTS_BYTES = 500 * 1024
MAX_ORIGINS = 1000
MIN_RETRY_AFTER, MAX_RETRY_AFTER = timedelta(minutes=1), timedelta(days=7)

FetchText = Callable[[str], tuple[int, bytes]]
"""Requests a URL and returns its status and body."""


class RateLimiter:
    """Rate limit per host: keeps requests to one host `delay` seconds apart. Thread-safe."""

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
        """Reserve the next slot of a host and sleep until then. Raises FetchError if it is more than MAX_WAIT away."""
        with self._lock:
            now = self._clock()
            slot = max(now, self._next.get(host, now))
            if slot - now > MAX_WAIT:
                raise FetchError(WAIT, wait=int(slot - now))
            self._next[host] = slot + max(self._delay, min(delay or 0, MAX_WAIT))
            if len(self._next) > MAX_HOSTS:
                self._next = {name: time_ for name, time_ in self._next.items() if time_ > now}
        if slot > now:
            self._sleep(slot - now)

    def hold(self, host: str, seconds: float) -> None:
        """Block requests to a host for this many seconds (Retry-After)."""
        with self._lock:
            self._next[host] = max(self._next.get(host, 0), self._clock() + seconds)


class RobotsTxt:
    """Cache of the robots.txt rules of the most recently used origins. Thread-safe."""

    def __init__(self, product: str, fetch: FetchText) -> None:
        self._product = product
        self._fetch = fetch
        self._rules: OrderedDict[str, Protego | FetchError] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, url: str) -> float | None:
        """Return the Crawl-delay of a URL in seconds. Raises FetchError if robots.txt disallows the URL.

        If robots.txt could not be requested, its error is raised for each URL of the origin, without another request.
        """
        rules = self._rules_for(url)
        if isinstance(rules, FetchError):
            raise FetchError(rules.problem, rules.detail, rules.wait)
        if not rules.can_fetch(url, self._product):
            raise FetchError(ROBOTS)
        delay = rules.crawl_delay(self._product)
        return None if delay is None else float(delay)

    def _rules_for(self, url: str) -> Protego | FetchError:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc.lower()}"
        with self._lock:
            if origin in self._rules:
                self._rules.move_to_end(origin)
                return self._rules[origin]
        rules = self._load(f"{origin}/robots.txt")
        with self._lock:
            self._rules[origin] = rules
            if len(self._rules) > MAX_ORIGINS:
                self._rules.popitem(last=False)
        return rules

    def _load(self, url: str) -> Protego | FetchError:
        """Fetch and parse robots.txt: a 4xx allows everything, a 5xx nothing (RFC 9309, 2.3.1)."""
        try:
            status, body = self._fetch(url)
        except FetchError as error:
            return Protego.parse("") if error.problem in (BROKEN, REDIRECTS) else error
        if status >= 500:
            return FetchError(ROBOTS)
        return Protego.parse(body.decode("utf-8", "replace") if status < 300 else "")


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Parse Retry-After (RFC 9110, 10.2.3), limited to between a minute and a week. None if absent or invalid."""
    text = (headers.get("Retry-After") or "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        delay = timedelta(seconds=min(int(text[:10]), MAX_RETRY_AFTER.total_seconds()))
    else:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        delay = (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)) - now
    return min(max(delay, MIN_RETRY_AFTER), MAX_RETRY_AFTER)


def next_check(state: str, failures: int, days: int) -> timedelta:
    """Return the time until the next check: `days`, but after failures 1, 2, 4 ... days (exponential back-off)."""
    if state != "failed":
        return timedelta(days=days)
    return timedelta(days=min(2 ** min(max(failures - 1, 0), 10), days))
