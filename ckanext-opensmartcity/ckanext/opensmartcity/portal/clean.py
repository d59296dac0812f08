"""Removes what `make` made: the environment, the portal's data, build output.

Stdlib only and run by path, because the environment may be broken. A folder named by OSC_DATA is never touched.
"""

import fcntl
import shutil
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[4]
MADE = (".venv", "build", "dist", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".import_linter_cache")


def main() -> int:
    """Remove it all, unless a portal runs on it."""
    data = PROJECT / ".portal"
    if any(in_use(lock) for lock in data.glob("**/lock")):
        print(f"clean: a portal or a test run uses {data}: stop it first.", file=sys.stderr)
        return 1
    remove_data(data)
    for name in MADE:
        shutil.rmtree(PROJECT / name, ignore_errors=True)
    for folder in [*PROJECT.glob("*.egg-info"), *PROJECT.glob("*/*.egg-info")]:
        shutil.rmtree(folder)
    return 0


def in_use(lock: Path) -> bool:
    """Tell whether a launcher or its guardian holds the lock."""
    with lock.open() as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def remove_data(data: Path) -> None:
    """Remove a data folder, and the clusters of PostgreSQL that lie elsewhere and are linked from it."""
    for link in [*data.glob("postgres"), *data.glob("*/postgres")]:
        if link.is_symlink():
            shutil.rmtree(link.resolve(), ignore_errors=True)
    shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
