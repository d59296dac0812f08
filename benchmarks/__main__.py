"""`make bench`: runs the benchmarks (all, or those named), prints one table and keeps it in results.md.

The rows of benchmarks that were not named stay there as they were.
"""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

from .results import Result, page, renewed, row, table

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.md"


def benchmarks() -> dict[str, ModuleType]:
    """Return the modules of this folder that measure something."""
    modules = {
        found.name: import_module(f"{__package__}.{found.name}")
        for found in pkgutil.iter_modules([str(FOLDER)])
        if found.name != "__main__"
    }
    return {name: module for name, module in modules.items() if hasattr(module, "measure")}


def run(names: list[str]) -> Iterator[tuple[str, Result]]:
    """Run the named benchmarks, all if none is named, and tell each result as it comes."""
    known = benchmarks()
    if strange := sorted(set(names) - known.keys()):
        raise SystemExit(f"there is no benchmark {strange[0]}: there are {', '.join(known)}")
    for name in names or known:
        for result in known[name].measure():
            print(f"{name}: {result.case}: {result.rate:,.0f} {result.unit} a second", file=sys.stderr)
            yield name, result


def main(names: list[str]) -> None:
    """Print the table, and keep it; rows of benchmarks that did not run stay as they are."""
    rows = [row(name, result) for name, result in run(names)]
    print(table(rows))
    kept = RESULTS.read_text(encoding="utf-8") if names and RESULTS.exists() else ""
    RESULTS.write_text(page(renewed(kept, names, rows)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
