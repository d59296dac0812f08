"""200 visitors for a minute on each page, from a second process: what the slowest met, errors, memory of the server.

Each opens the page, reads it for ten seconds on average and opens it again, without a copy of it. The web server is the
one that the embedded portal starts. The machine serves the visitors, the database and the index at once.
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
# So that no page is measured on workers that have just started.
WARM_UP = 8
OWN = "CKAN's dataset page"


@dataclass(frozen=True)
class Visit:
    """What a crowd met, and the memory of the server meanwhile."""

    times: list[float]
    errors: int
    megabytes: float

    @property
    def late(self) -> float:
        """The 95th percentile in milliseconds."""
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
            visit = _come(city, path)
            own = own or visit
            yield _result(name, visit, own)


def _come(city: Served, path: str) -> Visit:
    """Let the crowd come, and stop if one of them met an error on a page of ours; CKAN's own are counted."""
    reset(city.server)
    command = [sys.executable, "-m", f"{__package__}.crowd", city.address + path]
    arguments = [str(each) for each in (VISITORS, SECONDS, READING)]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=True)
    met = json.loads(done.stdout)
    if met["errors"] and path != f"/dataset/{city.dataset}":
        raise SystemExit(f"{path}: {len(met['errors'])} of {len(met['times'])} visits failed: {set(met['errors'])}")
    return Visit(met["times"], len(met["errors"]), peak(city.server))


def _result(name: str, visit: Visit, own: Visit) -> Result:
    case = f"{name}, {VISITORS} visitors for {SECONDS:.0f} s, {visit.errors} errors, p95 {visit.late:.0f} ms"
    ratios = {} if visit is own else {f"the p95 of {OWN}": visit.late / own.late}
    return Result(case, len(visit.times), "pages", SECONDS, visit.megabytes, ratios)
