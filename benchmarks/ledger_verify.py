"""How many events a second `opensmartcity verify` checks on one core: a whole log, and a part with a proof for each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from ledger.logs import Log

EVENTS, SUBJECTS = 100_000, 2_000


def main() -> None:
    """Print the figures."""
    log = Log(subjects=SUBJECTS)
    log.grow(EVENTS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.jsonl"
        for name, lines in (("whole log", log.whole()), ("part with proofs", log.part(0, every=5))):
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
            report(name, *verify(path, log.key))


def verify(path: Path, key: str) -> tuple[int, float, float, int]:
    """Verify a history in a process of its own; return its events, seconds of processor and of clock, and megabytes."""
    command = [sys.executable, "-m", "ckanext.opensmartcity.cli.main", "verify", path, "--key", key, "--format=json"]
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        answer = json.load(process.stdout)
        _pid, _status, usage = os.wait4(process.pid, 0)
    if not answer["summary"]["fits"]:
        raise SystemExit(f"the log does not verify: {answer['findings'][:3]}")
    elapsed = time.perf_counter() - begin
    return answer["summary"]["events"], usage.ru_utime + usage.ru_stime, elapsed, usage.ru_maxrss // 1024


def report(name: str, events: int, processor: float, elapsed: float, megabytes: int) -> None:
    """Print one line."""
    rate = f"{events / processor:,.0f} events a second of one core"
    print(f"{name}: {events} events in {elapsed:.2f} s ({processor:.2f} s of processor): {rate}; {megabytes} MB")


if __name__ == "__main__":
    main()
