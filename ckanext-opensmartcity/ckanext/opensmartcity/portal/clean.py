"""Remove what `make` created: the environment, the portal's data and build output.

Runs by path with the standard library only, because the environment may be broken. A folder given in OSC_DATA is never
touched.
"""

import fcntl
import shutil
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[4]
GENERATED = (
    "build",
    "dist",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".hypothesis",
    ".import_linter_cache",
)


def main() -> int:
    """Remove everything, unless a portal or a test run uses the data; return the exit code."""
    # With those of other versions of CKAN, such as .portal-2.11.
    data_folders = [PROJECT / ".portal", *PROJECT.glob(".portal-*")]
    for data in data_folders:
        if any(is_locked(lock) for lock in data.glob("**/lock")):
            print(f"clean: a portal or a test run uses {data}: stop it first.", file=sys.stderr)
            return 1
    for data in data_folders:
        remove_data(data)
    for folder in [PROJECT / ".venv", *PROJECT.glob(".venv-*"), *(PROJECT / name for name in GENERATED)]:
        shutil.rmtree(folder, ignore_errors=True)
    for folder in [*PROJECT.glob("*.egg-info"), *PROJECT.glob("*/*.egg-info")]:
        shutil.rmtree(folder)
    return 0


def is_locked(lock: Path) -> bool:
    """Return whether a launcher or its guardian holds the lock file."""
    with lock.open() as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def remove_data(data: Path) -> None:
    """Remove a data folder, including PostgreSQL clusters elsewhere that it links to."""
    for link in [*data.glob("postgres"), *data.glob("*/postgres")]:
        if link.is_symlink():
            shutil.rmtree(link.resolve(), ignore_errors=True)
    shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
