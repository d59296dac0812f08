"""How many events a second `opensmartcity verify` checks on one core: a whole log, and a part with a proof for each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EVENTS, SUBJECTS = 50_000, 2_000
NAMES = ("whole log", "part with proofs")


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        # In a process of its own: a child's peak of memory begins with that of its parent.
        subprocess.run([sys.executable, __file__, folder], check=True)
        key = (Path(folder) / "key").read_text(encoding="utf-8")
        for name in NAMES:
            report(name, *verify(Path(folder) / name, key))


def make(folder: Path) -> None:
    """Write a log and a part of it to files, and the key that signed them."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from ledger.logs import Log  # noqa: PLC0415  (the tests' own, found by the line above)

    log = Log(subjects=SUBJECTS)
    log.grow(EVENTS)
    (folder / "key").write_text(log.key, encoding="utf-8")
    for name, lines in zip(NAMES, (log.whole(), log.part(0, every=5)), strict=True):
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def verify(path: Path, key: str) -> tuple[int, float, float, int]:
    """Verify a history in a process of its own; return its events, seconds of processor and of clock, and megabytes."""
    command = [sys.executable, "-m", "ckanext.opensmartcity.cli.main", "verify", path, "--key", key, "--format=json"]
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        answer = json.load(process.stdout)
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if not answer["summary"]["fits"]:
        raise SystemExit(f"the log does not verify: {answer['findings'][:3]}")
    elapsed = time.perf_counter() - begin
    return answer["summary"]["events"], usage.ru_utime + usage.ru_stime, elapsed, usage.ru_maxrss // 1024


def report(name: str, events: int, processor: float, elapsed: float, megabytes: int) -> None:
    """Print one line."""
    rate = f"{events / processor:,.0f} events a second of one core, start included"
    print(f"{name}: {events} events in {elapsed:.2f} s ({processor:.2f} s of processor): {rate}; {megabytes} MB")


if __name__ == "__main__":
    make(Path(sys.argv[1])) if len(sys.argv) > 1 else main()
