"""Link checker: whether a link can be opened. Never counts as failed what only programs may not open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from urllib.parse import urlsplit

from .client import Fetcher, Response
from .errors import BROKEN, DENIED, PRIVATE, ROBOTS, STATUS, WAIT, FetchError
from .politeness import MAX_ROBOTS_BYTES, MIN_RETRY_AFTER, RateLimiter, RobotsTxt, retry_after

REACHED, FAILED, UNCHECKED = "reached", "failed", "unchecked"
# These do not show whether a person could open the link.
_INCONCLUSIVE = (PRIVATE, ROBOTS, DENIED)
_DENIED_STATUS = (401, 403, 407, 451)
_BUSY_STATUS = (429, 503)
_FIRST_BYTES = 1024
_MAX_VALIDATOR_LENGTH = 200


@dataclass(frozen=True)
class Link:
    """A link with the validators (ETag, Last-Modified) of its last response."""

    url: str
    etag: str | None = None
    modified: str | None = None

    @property
    def conditions(self) -> dict[str, str]:
        """Headers of a conditional request (RFC 9110, 13)."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in headers.items() if value}


@dataclass(frozen=True)
class Result:
    """Outcome of a check. `state` is None if the host asked us to come back later, so that nothing new is known."""

    state: str | None
    problem: str | None = None
    status: int | None = None
    etag: str | None = None
    modified: str | None = None
    wait: int | None = None


class LinkChecker:
    """Checks links within the rate limit and robots.txt. Thread-safe: one instance serves all workers of a run."""

    def __init__(
        self,
        fetcher: Fetcher,
        product: str,
        rate_limiter: RateLimiter,
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        self._fetcher = fetcher
        self._rate_limiter = rate_limiter
        self._now = now

        def fetch_robots(url: str) -> tuple[int, bytes]:
            response = fetcher.fetch(
                "GET", url, max_bytes=MAX_ROBOTS_BYTES, before_request=lambda each: rate_limiter.wait(host_of(each))
            )
            return response.status, response.body

        self._robots = RobotsTxt(product, fetch_robots)

    def check(self, link: Link) -> Result:
        """Request a link and classify the response."""
        try:
            return self._classify(link, self._request(link))
        except FetchError as error:
            if error.problem == WAIT:
                return Result(None, WAIT, wait=error.wait)
            return Result(UNCHECKED if error.problem in _INCONCLUSIVE else FAILED, error.problem)

    def _request(self, link: Link) -> Response:
        """Send HEAD; if it fails, as on many servers, request the first bytes with GET."""
        try:
            head = self._fetcher.fetch("HEAD", link.url, link.conditions, before_request=self._before_request)
        except FetchError as error:
            if error.problem != BROKEN:
                raise
        else:
            if head.status < 400 or head.status == 429 or self._retry_after_seconds(head) is not None:
                return head
        headers = {**link.conditions, "Range": f"bytes=0-{_FIRST_BYTES - 1}"}
        return self._fetcher.fetch("GET", link.url, headers, _FIRST_BYTES, self._before_request)

    def _classify(self, link: Link, response: Response) -> Result:
        status, wait = response.status, self._retry_after_seconds(response)
        if status == 429 or wait is not None:
            wait = wait or int(MIN_RETRY_AFTER.total_seconds())
            for url in {link.url, response.url}:
                self._rate_limiter.hold(host_of(url), wait)
            if status == 429:
                return Result(None, WAIT, 429, wait=wait)
            return Result(FAILED, STATUS, status, wait=wait)
        if status == 304:
            return Result(REACHED, None, status, link.etag, link.modified)
        # 416: the file exists, but is empty and has no first bytes.
        if status < 400 or status == 416:
            return Result(REACHED, None, status, _validator(response, "ETag"), _validator(response, "Last-Modified"))
        if status in _DENIED_STATUS:
            return Result(UNCHECKED, DENIED, status)
        return Result(FAILED, STATUS, status)

    def _retry_after_seconds(self, response: Response) -> int | None:
        delay = retry_after(response.headers, self._now()) if response.status in _BUSY_STATUS else None
        return None if delay is None else int(delay.total_seconds())

    def _before_request(self, url: str) -> None:
        crawl_delay = self._robots.check(url)
        self._rate_limiter.wait(host_of(url), crawl_delay)


def host_of(url: str) -> str:
    """Return the host of a URL, the key of the rate limit; empty if the URL is invalid."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _validator(response: Response, name: str) -> str | None:
    """Return a validator that can be sent back as a header, None if it is absent, too long or not ASCII."""
    value = response.headers.get(name)
    return value if value and len(value) <= _MAX_VALIDATOR_LENGTH and value.isascii() and value.isprintable() else None
