"""The pace at which each host is asked: never two requests sooner after each other than agreed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from .problems import WAIT, FetchError

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
