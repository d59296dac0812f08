"""How far a long run is, on the error stream: often where a person watches, seldom in a log."""

from __future__ import annotations

import sys
import time
from types import TracebackType

import click


class Progress:
    """Counts records and tells the count and the rate."""

    def __init__(self) -> None:
        self.count = 0
        self._start = self._told = time.monotonic()
        self._pause = 1.0 if sys.stderr.isatty() else 10.0

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and self.count:
            self._tell()

    def step(self) -> None:
        """Count one record."""
        self.count += 1
        if time.monotonic() - self._told >= self._pause:
            self._tell()

    def _tell(self) -> None:
        self._told = time.monotonic()
        rate = self.count / max(self._told - self._start, 0.001)
        click.echo(f"{self.count} records, {rate:.0f} a second", err=True)
