"""What the owner of a host lets programs open: its robots.txt by RFC 9309, read once a run."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from urllib.parse import urlsplit

from protego import Protego  # type: ignore[import-untyped, unused-ignore]

from .problems import BROKEN, REDIRECTS, ROBOTS, FetchError

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
