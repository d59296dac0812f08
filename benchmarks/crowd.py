"""Load generator in a separate process: visitors who request one page, pause and request it again.

`python -m benchmarks.crowd URL VISITORS SECONDS PAUSE` prints response times in milliseconds and errors as JSON.
Pauses vary randomly around PAUSE, so that the visitors do not synchronize.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from dataclasses import dataclass, field

import requests

TIMEOUT = 60


@dataclass
class Measurements:
    """Response times in milliseconds and errors of all visitors."""

    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def visit(url: str, end: float, pause: float, measurements: Measurements) -> None:
    """Request the page repeatedly until the end."""
    session, chance = requests.Session(), random.Random()  # noqa: S311  (no secret)
    time.sleep(chance.uniform(0, pause))
    while time.monotonic() < end:
        begin = time.perf_counter()
        try:
            response = session.get(url, timeout=TIMEOUT)
            if response.status_code != 200 or b"</html>" not in response.content:
                measurements.errors.append(f"HTTP {response.status_code}")
        except requests.RequestException as error:
            measurements.errors.append(type(error).__name__)
        measurements.times.append(1000 * (time.perf_counter() - begin))
        time.sleep(chance.uniform(0.5 * pause, 1.5 * pause))


def main(url: str, visitors: str, seconds: str, pause: str) -> None:
    """Run all visitors in threads and print the measurements."""
    measurements, end = Measurements(), time.monotonic() + float(seconds)
    arguments = (url, end, float(pause), measurements)
    crowd = [threading.Thread(target=visit, args=arguments) for _ in range(int(visitors))]
    for visitor in crowd:
        visitor.start()
    for visitor in crowd:
        visitor.join()
    print(json.dumps({"times": measurements.times, "errors": measurements.errors}))


if __name__ == "__main__":
    main(*sys.argv[1:])
