"""Counting and exporting the whole catalogue over HTTP, compared with an audit without our plugin.

All requests go to one portal with one web worker: `governance_stats`, the city page and the export, against paging
through `package_search` with and without an assessment of each row in Python, and `ckanapi dump datasets`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles

import requests
from ckanext.opensmartcity.standard import Settings, assess, load_standard, shipped_folder

from ..results import Result
from .served import Served, served

SIZES = tuple(map(int, os.environ.get("OSC_SCALE", "1000 10000 100000").split()))
ROUNDS = 40
PAGE = 1000
STATS, CITY = "governance_stats", "page /transparency"
ALLOWED = {STATS: 150, CITY: 300}


def measure() -> Iterator[Result]:
    """Measure at each size, from the smallest to the largest."""
    with served() as portal:
        filled, first = 0, dict[str, float]()
        for size in SIZES:
            portal.fill(filled, size)
            filled = size
            yield from _measured(portal, size, first)


def _measured(portal: Served, size: int, first: dict[str, float]) -> Iterator[Result]:
    """Measure the catalogue at its current size; `first` holds the times of the smallest size."""
    total, rounds = _check(portal, size), 1 if size > 10_000 else 3
    _warm_up(portal)
    paged = median(_once(lambda: _page(portal)) for _ in range(rounds))
    assessed = median(_once(lambda: _page(portal, assessing=True)) for _ in range(rounds))
    for name, path in ((STATS, "/api/3/action/governance_stats"), (CITY, "/transparency")):
        spent = _many(portal.address + path)
        first.setdefault(name, median(spent))
        ratios = {
            f"the {ALLOWED[name]} ms allowed, by the 95th percentile": 1000
            * quantiles(spent, n=20)[-1]
            / ALLOWED[name],
            "faster than paging and assessing in Python": assessed / median(spent),
            f"the time at {SIZES[0]:,}": median(spent) / first[name],
        }
        yield Result(f"{name}, {size:,} datasets", len(spent), "answers", sum(spent), portal.megabytes(), ratios)
    yield _exported(portal, size, total, paged, first)
    yield Result(f"paging and assessing in Python, {size:,} datasets", total, "rows", assessed, portal.megabytes(), {})


def _exported(portal: Served, size: int, total: int, paged: float, first: dict[str, float]) -> Result:
    before = portal.megabytes()
    exports = [_export(portal, total) for _ in range(1 if size > 10_000 else 3)]
    seconds, peak = median(took for took, _ in exports), max(held for _, held in exports)
    first.setdefault("export", seconds / total)
    first.setdefault("memory", peak)
    ratios = {
        "the rate of paging full rows": paged / seconds,
        f"the time of a row at {SIZES[0]:,}": seconds / total / first["export"],
    }
    if size == SIZES[0]:
        first["dump"] = _dump(portal, total)
    ratios["the rate of ckanapi dump datasets"] = first["dump"] / (seconds / total)
    ratios["MB more than before it, in the server"] = peak - before
    return Result(f"export audit.jsonl, {size:,} datasets", total, "rows", seconds, peak, ratios)


def _check(portal: Served, size: int) -> int:
    """Return the number of public datasets; fail if the index is incomplete."""
    stats = requests.get(f"{portal.address}/api/3/action/governance_stats", timeout=600).json()["result"]
    lag = stats["index_lag"]
    assert (lag["records"], lag["outdated"]) == (0, 0), lag
    assert 0.85 * size < stats["total"] < size + 10, stats["total"]
    return int(stats["total"])


def _warm_up(portal: Served) -> None:
    """Request each page once, so that loading is not measured."""
    paths = ("/api/3/action/package_search?rows=100", "/transparency", "/transparency/audit.jsonl")
    for path in paths:
        requests.get(portal.address + path, timeout=600).raise_for_status()


def _once(work: Callable[[], None]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _many(url: str) -> list[float]:
    session = requests.Session()

    def get() -> None:
        session.get(url, timeout=600).raise_for_status()

    get()
    return [_once(get) for _ in range(ROUNDS)]


def _page(portal: Served, assessing: bool = False) -> None:
    """Read all full rows in pages, and assess each like an auditor if `assessing` is set."""
    session, start = requests.Session(), 0
    standard, settings = load_standard(shipped_folder()), Settings(home="NL")
    while True:
        params = {"rows": PAGE, "start": start, "facet": "false", "sort": "id asc"}
        response = session.get(f"{portal.address}/api/3/action/package_search", params=params, timeout=600)
        rows = response.json()["result"]["results"]
        if not rows:
            return
        for row in rows if assessing else ():
            assess(standard, row, settings)
        start += PAGE


def _export(portal: Served, total: int) -> tuple[float, float]:
    """Read the whole export; return the seconds and the peak memory of the server in MB."""
    begin, lines, peak = time.perf_counter(), 0, 0.0
    with requests.get(f"{portal.address}/transparency/audit.jsonl", stream=True, timeout=600) as response:
        response.raise_for_status()
        for number, part in enumerate(response.iter_content(2**18)):
            lines += part.count(b"\n")
            if number % 8 == 0:
                peak = max(peak, portal.megabytes())
    seconds = time.perf_counter() - begin
    assert total <= lines <= total + 2, (total, lines)
    return seconds, max(peak, portal.megabytes())


def _dump(portal: Served, total: int) -> float:
    """Return the seconds per dataset of `ckanapi dump datasets`."""
    command = [str(Path(sys.executable).parent / "ckanapi"), "dump", "datasets", "--all", "-q", "-r", portal.address]
    begin = time.perf_counter()
    dump = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    assert total - 1 <= dump.count(b"\n") <= total + 1, (total, dump.count(b"\n"))
    return (time.perf_counter() - begin) / total
