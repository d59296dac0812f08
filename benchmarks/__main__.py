"""`make bench`: run all benchmarks, or those named, print one table and write it to results.md.

The rows of benchmarks that were not named are kept.
"""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

from .results import Result, merge_rows, page, row, table

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.md"


def benchmarks() -> dict[str, ModuleType]:
    """Return the modules of this folder that have a function `measure`, by name."""
    modules = {
        info.name: import_module(f"{__package__}.{info.name}")
        for info in pkgutil.iter_modules([str(FOLDER)])
        if info.name != "__main__"
    }
    return {name: module for name, module in modules.items() if hasattr(module, "measure")}


def run(names: list[str]) -> Iterator[tuple[str, Result]]:
    """Run the named benchmarks, or all; print each result to stderr and yield it with its benchmark's name."""
    known = benchmarks()
    if unknown := sorted(set(names) - known.keys()):
        raise SystemExit(f"there is no benchmark {unknown[0]}: there are {', '.join(known)}")
    for name in names or known:
        for result in known[name].measure():
            print(f"{name}: {result.case}: {result.rate:,.0f} {result.unit} a second", file=sys.stderr)
            yield name, result


def main(names: list[str]) -> None:
    """Run benchmarks, print the table of their results and update results.md."""
    rows = [row(name, result) for name, result in run(names)]
    print(table(rows))
    previous = RESULTS.read_text(encoding="utf-8") if names and RESULTS.exists() else ""
    RESULTS.write_text(page(merge_rows(previous, names, rows)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
