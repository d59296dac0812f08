"""Overhead of the plugin compared with ckanext-scheming and as many plain fields: write, read, search and index."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from ..portal import megabytes
from ..results import Result
from .portals import OURS, PLAIN, Portal, Spent, both

WARM_UP = 10
# Title, rounds, amount per round, unit, and allowed ratio to the time with plain fields.
WORKS = {
    "create": ("package_create", 300, 1, "datasets", 1.10),
    "patch": ("package_patch", 300, 1, "datasets", 1.10),
    "show": ("package_show", 100, 10, "datasets", 1.02),
    "search": ("package_search, 20 rows", 200, 1, "searches", 1.02),
    "index": ("rebuild of the index", 60, 10, "datasets", 1.10),
}


def measure() -> Iterator[Result]:
    """Measure each operation on both portals in turns."""
    with both() as portals:
        for work in WORKS:
            yield _measured(portals, work)


def _measured(portals: dict[str, Portal], work: str) -> Result:
    title, rounds, amount, unit, allowed = WORKS[work]
    spent: dict[str, list[Spent]] = {OURS: [], PLAIN: []}
    for turn in range(rounds + WARM_UP):
        for kind in (OURS, PLAIN) if turn % 2 else (PLAIN, OURS):
            elapsed = portals[kind].do(work, number=turn)
            if turn >= WARM_UP:
                spent[kind].append(elapsed)
    ratios = {
        f"the time with plain fields ({allowed:.2f} allowed)": _ratio(spent, "clock"),
        "their processor time": _ratio(spent, "processor"),
    }
    seconds = median(turn.clock for turn in spent[OURS])
    return Result(title, rounds * amount, unit, seconds * rounds, megabytes(), ratios)


def _ratio(spent: dict[str, list[Spent]], clock: str) -> float:
    """Return the median of pairwise ratios: other load on the machine affects both of a pair."""
    pairs = zip(spent[OURS], spent[PLAIN], strict=True)
    return median(getattr(ours, clock) / getattr(plain, clock) for ours, plain in pairs)
