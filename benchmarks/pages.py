"""Latency of the transparency page and the city page, compared with CKAN's page of the same dataset.

One client requests the pages in turns, so that other load on the machine affects all alike. Conditional requests with
a current ETag are measured too (304).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median, quantiles

import requests

from .memory import peak, reset
from .results import Result
from .served import Served, served

ROUNDS, WARM_UP = 60, 6
OWN = "CKAN's dataset page"


def measure() -> Iterator[Result]:
    """Measure each page and compare it with CKAN's own."""
    with served() as city:
        reset(city.server)
        times = compare(city)
        memory = peak(city.server)
    own = median(times[OWN])
    for name, spent in times.items():
        case = f"{name}, median {median(spent):.0f} ms, p95 {quantiles(spent, n=20)[-1]:.0f} ms"
        ratios = {} if name == OWN else {f"the time of {OWN}": median(spent) / own}
        yield Result(case, len(spent), "pages", sum(spent) / 1000, memory, ratios)


def compare(city: Served) -> dict[str, list[float]]:
    """Return the milliseconds of all requests by page."""
    paths = {
        OWN: f"/dataset/{city.dataset}",
        "transparency page": f"/dataset/{city.dataset}/transparency",
        "the same as JSON": f"/dataset/{city.dataset}/transparency.json",
        "the same, not changed (304)": f"/dataset/{city.dataset}/transparency",
        "city page": "/transparency",
        "city page, not changed (304)": "/transparency",
    }
    session = requests.Session()
    tags = {path: session.get(city.address + path, timeout=60).headers.get("ETag", "") for path in paths.values()}
    times: dict[str, list[float]] = {name: [] for name in paths}
    for number in range(ROUNDS + WARM_UP):
        for name, path in paths.items():
            headers = {"If-None-Match": tags[path]} if "304" in name else {}
            spent = _timed(session, city.address + path, headers)
            if number >= WARM_UP:
                times[name].append(spent)
    return times


def _timed(session: requests.Session, url: str, headers: dict[str, str]) -> float:
    start = time.perf_counter()
    response = session.get(url, headers=headers, timeout=60)
    spent = (time.perf_counter() - start) * 1000
    if response.status_code != (304 if headers else 200):
        raise SystemExit(f"{url} answered {response.status_code}")
    return spent
