"""Visitors of one page, in a process of their own: each opens it, reads, and opens it again.

`python -m benchmarks.crowd URL VISITORS SECONDS PAUSE` prints what they met as JSON: milliseconds and errors. The
pauses are drawn around PAUSE, so that the visitors do not march in step.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from dataclasses import dataclass, field

import requests

PATIENCE = 60


@dataclass
class Met:
    """What all visitors met."""

    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def visit(url: str, end: float, pause: float, met: Met) -> None:
    """Open the page again and again until the end."""
    session, chance = requests.Session(), random.Random()  # noqa: S311  (no secret)
    time.sleep(chance.uniform(0, pause))
    while time.monotonic() < end:
        begin = time.perf_counter()
        try:
            answer = session.get(url, timeout=PATIENCE)
            if answer.status_code != 200 or b"</html>" not in answer.content:
                met.errors.append(f"HTTP {answer.status_code}")
        except requests.RequestException as error:
            met.errors.append(type(error).__name__)
        met.times.append(1000 * (time.perf_counter() - begin))
        time.sleep(chance.uniform(0.5 * pause, 1.5 * pause))


def main(url: str, visitors: str, seconds: str, pause: str) -> None:
    """Let them come, and say what they met."""
    met, end = Met(), time.monotonic() + float(seconds)
    asked = (url, end, float(pause), met)
    crowd = [threading.Thread(target=visit, args=asked) for _ in range(int(visitors))]
    for visitor in crowd:
        visitor.start()
    for visitor in crowd:
        visitor.join()
    print(json.dumps({"times": met.times, "errors": met.errors}))


if __name__ == "__main__":
    main(*sys.argv[1:])
