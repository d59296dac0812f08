"""The transparency page beside CKAN's own page of the same dataset: medians of one run, and their ratio.

`python -m benchmarks.pages URL DATASET [ROUNDS]` asks a portal that runs, one request at a time and in turns.
"""

from __future__ import annotations

import sys
import time
from statistics import median, quantiles

import requests

ROUNDS = 60


def compare(address: str, dataset: str, rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Return milliseconds of each request by page; the pages take turns, so that all have the same luck."""
    paths = {
        "CKAN's dataset page": f"/dataset/{dataset}",
        "transparency page": f"/dataset/{dataset}/transparency",
        "the same as JSON": f"/dataset/{dataset}/transparency.json",
        "the same, not changed (304)": f"/dataset/{dataset}/transparency",
    }
    session = requests.Session()
    tag = session.get(f"{address}{paths['transparency page']}", timeout=60).headers["ETag"]
    times: dict[str, list[float]] = {name: [] for name in paths}
    for number in range(rounds + 3):
        for name, path in paths.items():
            headers = {"If-None-Match": tag} if "304" in name else {}
            spent = _timed(session, address + path, headers)
            if number >= 3:
                times[name].append(spent)
    return times


def _timed(session: requests.Session, url: str, headers: dict[str, str]) -> float:
    start = time.perf_counter()
    answer = session.get(url, headers=headers, timeout=60)
    spent = (time.perf_counter() - start) * 1000
    if answer.status_code != (304 if headers else 200):
        raise SystemExit(f"{url} answered {answer.status_code}")
    return spent


def main(arguments: list[str]) -> None:
    """Print one table: median, 95th percentile, and the ratio to CKAN's own page."""
    address, dataset, *rest = arguments
    times = compare(address.rstrip("/"), dataset, int(rest[0]) if rest else ROUNDS)
    own = median(times["CKAN's dataset page"])
    lines = ["| page | median ms | p95 ms | ratio |", "|---|---|---|---|"]
    for name, spent in times.items():
        lines.append(f"| {name} | {median(spent):.1f} | {quantiles(spent, n=20)[-1]:.1f} | {median(spent) / own:.2f} |")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
