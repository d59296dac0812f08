"""Whether a link can be reached: asked politely, and judged with care for who may be blamed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from urllib.parse import urlsplit

from .client import Answer, Fetcher
from .errors import BROKEN, DENIED, PRIVATE, ROBOTS, STATUS, WAIT, FetchError
from .politeness import MOST_BYTES, SHORTEST, Pace, Robots, retry_after

REACHED, FAILED, UNCHECKED = "reached", "failed", "unchecked"
# Nobody can tell from these whether a person could open the link.
_NO_VERDICT = (PRIVATE, ROBOTS, DENIED)
_DENIED = (401, 403, 407, 451)
_BUSY = (429, 503)
_FIRST_BYTES = 1024


@dataclass(frozen=True)
class Link:
    """A link, and what its host said of the version that was there last time."""

    url: str
    etag: str | None = None
    modified: str | None = None

    @property
    def conditions(self) -> dict[str, str]:
        """Return the headers that ask for news only."""
        given = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True)
class Result:
    """What became of a link; `state` is None where its host asked us to come back, so nothing new is known."""

    state: str | None
    problem: str | None = None
    status: int | None = None
    etag: str | None = None
    modified: str | None = None
    wait: int | None = None


class LinkChecker:
    """Checks links one by one; for all threads of a run."""

    def __init__(
        self,
        fetcher: Fetcher,
        product: str,
        pace: Pace,
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        self._fetcher = fetcher
        self._pace = pace
        self._now = now
        self._robots = Robots(product, self._robots_text)

    def check(self, link: Link) -> Result:
        """Ask for a link, and say what became of it."""
        try:
            return self._judged(link, self._asked(link))
        except FetchError as error:
            if error.problem == WAIT:
                return Result(None, WAIT, wait=error.wait)
            return Result(UNCHECKED if error.problem in _NO_VERDICT else FAILED, error.problem)

    def _asked(self, link: Link) -> Answer:
        """Ask for the head; where that is refused, as many servers do, for the first bytes."""
        try:
            head = self._fetcher.fetch("HEAD", link.url, link.conditions, gate=self._gate)
        except FetchError as error:
            if error.problem != BROKEN:
                raise
        else:
            if head.status < 400 or head.status == 429 or self._told_to_wait(head) is not None:
                return head
        ranged = {**link.conditions, "Range": f"bytes=0-{_FIRST_BYTES - 1}"}
        return self._fetcher.fetch("GET", link.url, ranged, _FIRST_BYTES, self._gate)

    def _judged(self, link: Link, answer: Answer) -> Result:
        if answer.status == 429 or self._told_to_wait(answer) is not None:
            seconds = self._told_to_wait(answer) or int(SHORTEST.total_seconds())
            for url in {link.url, answer.url}:
                self._pace.hold(host_of(url), seconds)
            if answer.status == 429:
                return Result(None, WAIT, 429, wait=seconds)
            return Result(FAILED, STATUS, answer.status, wait=seconds)
        # 416: there is something, and it has no first bytes.
        if answer.status < 400 or answer.status == 416:
            return self._reached(link, answer)
        problem = DENIED if answer.status in _DENIED else STATUS
        return Result(UNCHECKED if problem == DENIED else FAILED, problem, answer.status)

    @staticmethod
    def _reached(link: Link, answer: Answer) -> Result:
        fresh = answer.status != 304
        etag = _kept(answer, "ETag") if fresh else link.etag
        modified = _kept(answer, "Last-Modified") if fresh else link.modified
        return Result(REACHED, None, answer.status, etag, modified)

    def _told_to_wait(self, answer: Answer) -> int | None:
        asked = retry_after(answer.headers, self._now()) if answer.status in _BUSY else None
        return None if asked is None else int(asked.total_seconds())

    def _gate(self, url: str) -> None:
        delay = self._robots.ask(url)
        self._pace.wait(host_of(url), delay)

    def _robots_text(self, url: str) -> tuple[int, bytes]:
        answer = self._fetcher.fetch("GET", url, most=MOST_BYTES, gate=lambda at: self._pace.wait(host_of(at)))
        return answer.status, answer.body


def host_of(url: str) -> str:
    """Return the host of an address, by which we count how often it is asked."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _kept(answer: Answer, name: str) -> str | None:
    """Return a header as it may be sent back, None where it would not be worth keeping."""
    value = answer.headers.get(name)
    return value if value and len(value) <= 200 and value.isascii() and value.isprintable() else None
