"""Mutation test of the libraries: break a copy of the package on purpose, and see whether its own tests notice.

`make mutants` runs all mutants of the YAML files beside this one; `make mutants ARGS="tlog standard:holds"` those of a
library, or those whose reason or file contains a word. Each mutant is a textual patch with a reason. A mutant that
survives is a missing test; one whose text is no longer in its file is stale. Both make the exit code 1.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PACKAGE = "ckanext/opensmartcity"
SOURCES = ROOT / "ckanext-opensmartcity" / PACKAGE
# Seconds. A mutant that never ends is noticed too.
LIMIT = 900


@dataclass(frozen=True)
class Mutant:
    """A textual patch of one file. `first` names the test files in which a failure is most likely: they run first."""

    library: str
    file: str
    old: str
    new: str
    reason: str
    first: tuple[str, ...] = ()


def read_mutants() -> Iterator[Mutant]:
    """Yield the mutants of all libraries."""
    for path in sorted(HERE.glob("*.yaml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            first = tuple(f"tests/{path.stem}/{name}" for name in entry.pop("first", ()))
            yield Mutant(path.stem, **entry, first=first)


def is_chosen(mutant: Mutant, words: list[str]) -> bool:
    """Return whether a mutant is one of those that the arguments ask for: `LIBRARY` or `LIBRARY:WORD`."""
    parts = [word.partition(":") for word in words]
    text = f"{mutant.file} {mutant.reason}"
    return not parts or any(library == mutant.library and word in text for library, _, word in parts)


def copy_package(folder: Path) -> Path:
    """Copy the package as it is installed, with schemas and catalogues inside; return its folder."""
    package = folder / PACKAGE
    shutil.copytree(SOURCES, package, ignore=shutil.ignore_patterns("__pycache__"))
    for data in ("schemas", "i18n"):
        shutil.copytree(ROOT / data, package / data)
    return package


def is_noticed(mutant: Mutant, folder: Path) -> bool:
    """Return whether a test of the library fails on the mutated copy in a folder."""
    for tests in filter(None, (mutant.first, (f"tests/{mutant.library}",))):
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:ckan", "-p", "no:ckan_fixtures"]
        # Bytecode of the mutant must not outlive it: the next one may be written in the same second.
        environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
        options = {"cwd": ROOT, "env": environment, "capture_output": True, "text": True, "timeout": LIMIT}
        try:
            done = subprocess.run([*command, "-p", "no:cacheprovider", *tests], check=False, **options)
        except subprocess.TimeoutExpired:
            return True
        if done.returncode == 1:
            return True
        if done.returncode:
            # 2 is an import error, which a broken file causes as well; anything else is a fault of this runner.
            if done.returncode != 2:
                raise SystemExit(f"pytest ended with {done.returncode}:\n{done.stdout}{done.stderr}")
            return True
    return False


def main() -> None:
    """Run the chosen mutants and print one line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("chosen", nargs="*", metavar="LIBRARY[:WORD]")
    chosen = [mutant for mutant in read_mutants() if is_chosen(mutant, parser.parse_args().chosen)]
    failures = 0
    with tempfile.TemporaryDirectory() as name:
        package = copy_package(Path(name))
        for mutant in chosen:
            path, start = package / mutant.file, time.monotonic()
            text = path.read_text(encoding="utf-8") if path.exists() else ""
            if text.count(mutant.old) != 1:
                verdict = f"STALE: its text occurs {text.count(mutant.old)} times; describe the mutant anew"
            else:
                path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
                verdict = "noticed" if is_noticed(mutant, Path(name)) else "SURVIVED: a test is missing"
                path.write_text(text, encoding="utf-8")
            failures += verdict != "noticed"
            print(f"{verdict} ({time.monotonic() - start:.0f} s): {mutant.file}: {mutant.reason}", flush=True)
    print(f"{len(chosen) - failures} of {len(chosen)} mutants were noticed")
    sys.exit(1 if failures or not chosen else 0)


if __name__ == "__main__":
    main()
