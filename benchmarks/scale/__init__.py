"""The whole catalogue at 1,000, 10,000 and 100,000 datasets, and what our plugin costs a portal."""

from __future__ import annotations

from collections.abc import Iterator

from ..results import Result


def measure() -> Iterator[Result]:
    """Measure what the plugin costs beside plain fields, and how the work on a whole catalogue grows."""
    from . import growth, overhead  # noqa: PLC0415  (the workers of both need this package and not each other)

    yield from overhead.measure()
    yield from growth.measure()
