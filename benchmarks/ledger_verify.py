"""`opensmartcity verify` on a whole log, and on a part with inclusion proofs: events per second, and memory."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .processes import Usage, run
from .results import Result

SIZES = (10_000, 100_000)
SUBJECTS, SHARE = 2_000, 5
REQUIRED = 20_000
VERIFY = "from ckanext.opensmartcity.cli.main import main; main()"


def measure(sizes: tuple[int, ...] = SIZES) -> Iterator[Result]:
    """Measure a whole log and a fifth of it at each size; the start of the command is measured separately."""
    start = run([sys.executable, "-c", VERIFY, "verify", "--help"], ())
    first: dict[str, Usage] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, "-m", __name__, folder, str(size)], check=True)
            key = (Path(folder) / "key").read_text(encoding="utf-8")
            for name, events in (("whole log", size), ("part with proofs", size // SHARE)):
                usage = verify(Path(folder) / name, key)
                yield result(f"{name}, {events:,} events", events, usage, start, first.setdefault(name, usage))


def write_logs(folder: Path, size: int) -> None:
    """Write a log, a part of it and the public key to files."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from ledger_format.logs import Log  # noqa: PLC0415  (of the tests, on the path extended above)

    log = Log(subjects=SUBJECTS)
    log.grow(size)
    (folder / "key").write_text(log.key, encoding="utf-8")
    for name, lines in (("whole log", log.whole()), ("part with proofs", log.part(0, every=SHARE))):
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def verify(path: Path, key: str) -> Usage:
    """Verify a history in a separate process and return its usage; fail if it does not verify."""
    # The part is of many datasets, so that no history in it is complete.
    options = ["--inclusion"] if path.name.startswith("part") else []
    usage = run([sys.executable, "-c", VERIFY, "verify", str(path), "--key", key, *options], ())
    if usage.exit_code:
        raise SystemExit(f"the {path.name} does not verify: exit code {usage.exit_code}")
    return usage


def result(case: str, events: int, usage: Usage, start: Usage, first: Usage) -> Result:
    """Return the result of one case."""
    ratios = {
        "the required 20,000 a second": events / usage.seconds / REQUIRED,
        "the same without the start of the command": events / (usage.seconds - start.seconds) / REQUIRED,
        "the memory of the smaller log": usage.megabytes / first.megabytes,
    }
    return Result(case, events, "events", usage.seconds, usage.megabytes, ratios)


if __name__ == "__main__":
    write_logs(Path(sys.argv[1]), int(sys.argv[2]))
