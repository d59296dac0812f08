"""Benchmarks of the whole catalogue at 1,000 to 100,000 datasets, and of the plugin's overhead."""

from __future__ import annotations

from collections.abc import Iterator

from ..results import Result


def measure() -> Iterator[Result]:
    """Measure the overhead compared with plain fields, then requests over the whole catalogue."""
    from . import growth, overhead  # noqa: PLC0415  (their worker processes import this package, but not both)

    yield from overhead.measure()
    yield from growth.measure()
