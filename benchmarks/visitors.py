"""Load test: 200 visitors for a minute on each page; 95th percentile, errors, and memory of the server.

Each visitor requests the page, reads it for ten seconds on average and requests it again, without a cache. The web
server is that of the embedded portal. Visitors, database and index share the machine with it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import quantiles

import requests

from .memory import peak, reset
from .results import Result
from .served import Served, served

VISITORS, SECONDS, READING = 200, float(os.environ.get("OSC_BENCH_SECONDS", "60")), 10
# Requests per page before the measurement, so that no worker has just started.
WARM_UP = 8
OWN = "CKAN's dataset page"


@dataclass(frozen=True)
class Visit:
    """Response times in milliseconds, number of errors, and peak memory of the server."""

    times: list[float]
    errors: int
    megabytes: float

    @property
    def p95(self) -> float:
        """95th percentile of the response times in milliseconds."""
        return quantiles(self.times, n=20)[-1]


def measure() -> Iterator[Result]:
    """Measure CKAN's own page first, then ours."""
    with served() as city:
        paths = {
            OWN: f"/dataset/{city.dataset}",
            "transparency page": f"/dataset/{city.dataset}/transparency",
            "city page": "/transparency",
        }
        for path in WARM_UP * list(paths.values()):
            requests.get(city.address + path, timeout=60)
        own = None
        for name, path in paths.items():
            visit = _load_test(city, path)
            own = own or visit
            yield _result(name, visit, own)


def _load_test(city: Served, path: str) -> Visit:
    """Run the visitors on one page; an error is fatal on our pages, and only counted on CKAN's own."""
    reset(city.server)
    command = [sys.executable, "-m", f"{__package__}.crowd", city.address + path]
    arguments = [str(each) for each in (VISITORS, SECONDS, READING)]
    completed = subprocess.run([*command, *arguments], capture_output=True, text=True, check=True)
    measured = json.loads(completed.stdout)
    if measured["errors"] and path != f"/dataset/{city.dataset}":
        raise SystemExit(
            f"{path}: {len(measured['errors'])} of {len(measured['times'])} visits failed: {set(measured['errors'])}"
        )
    return Visit(measured["times"], len(measured["errors"]), peak(city.server))


def _result(name: str, visit: Visit, own: Visit) -> Result:
    case = f"{name}, {VISITORS} visitors for {SECONDS:.0f} s, {visit.errors} errors, p95 {visit.p95:.0f} ms"
    ratios = {} if visit is own else {f"the p95 of {OWN}": visit.p95 / own.p95}
    return Result(case, len(visit.times), "pages", SECONDS, visit.megabytes, ratios)
