"""Latency of the counts of the whole city at 1,000 to 100,000 datasets, compared with CKAN's list of datasets.

Empties and fills the configured database and index; `make bench` provides its own.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from ckan import model
from ckan.lib import search
from ckan.tests.helpers import call_action
from support.ledger_tables import renew

from . import portal
from .results import Result
from .scale.filling import fill

SIZES = tuple(int(size) for size in os.environ.get("OSC_BENCH_SIZES", "1000 100000").split())
ALLOWED, OWN = 300, "CKAN's page /dataset/"
RUNS = 30


def measure() -> Iterator[Result]:
    """Fill the portal step by step and measure each request at each size."""
    with portal.request():
        empty()
        for start, size in zip((0, *SIZES), SIZES, strict=False):
            fill(size, start=start)
            yield from measured(size)
        empty()


def empty() -> None:
    """Empty the database and the index."""
    model.repo.rebuild_db()
    renew()
    search.clear_all()


def measured(size: int) -> Iterator[Result]:
    """Time each request: one warm-up round, then in turns."""
    visitor = portal.visitor()
    works: dict[str, Callable[[], Any]] = {
        OWN: lambda: visitor.get("/dataset/"),
        "page /transparency": lambda: visitor.get("/transparency"),
        "governance_city_show": lambda: call_action("governance_city_show"),
        "governance_stats": lambda: call_action("governance_stats"),
        "governance_stats by organization": lambda: call_action("governance_stats", by="organization"),
    }
    times: dict[str, list[float]] = {name: [] for name in works}
    for number in range(RUNS + 1):
        for name, work in works.items():
            elapsed = timed(work)
            if number:
                times[name].append(elapsed)
    assert_all_counted(size)
    own = statistics.median(times[OWN])
    for name, spent in times.items():
        yield result(size, name, spent, own)


def timed(work: Callable[[], Any]) -> float:
    """Return the milliseconds of a call."""
    begin = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begin)


def assert_all_counted(size: int) -> None:
    """Fail if the index did not hold all datasets: the results would be for another size."""
    stats = call_action("governance_stats")
    assert stats["index_lag"] == {"records": 0, "stale": False, "outdated": 0, "message": None}, stats["index_lag"]
    # Some datasets are private, and the counts are of public ones.
    assert 0.85 * size < stats["total"] < size + 10, stats["total"]


def result(size: int, name: str, spent: list[float], own: float) -> Result:
    """Return the result of one request."""
    median, p95 = statistics.median(spent), statistics.quantiles(spent, n=20)[-1]
    ratios = {} if name == OWN else {f"the time of {OWN}": median / own}
    if name == "page /transparency":
        ratios[f"the {ALLOWED} ms allowed"] = median / ALLOWED
    case = f"{size:,} datasets: {name}, median {median:.0f} ms, p95 {p95:.0f} ms"
    return Result(case, len(spent), "times", sum(spent) / 1000, portal.megabytes(), ratios)
