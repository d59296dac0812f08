"""`make peers`: run the test suites of other extensions with and without our plugin, and compare.

Prints the counts of each run and every difference. Exit code 1 if a test has another outcome with our plugin.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from . import configuration, environment, sources
from .outcomes import Outcome, counts, differences, read
from .suites import SUITES, Run, Suite

PLUGIN = "opensmartcity"
FOLDER = Path(os.environ.get("OSC_DATA") or ".portal").absolute() / "peers-sources"


def main(arguments: list[str]) -> int:
    """Run the suites and print the differences; return the exit code."""
    parser = argparse.ArgumentParser(prog="make peers", description=__doc__)
    parser.add_argument("--repositories", default="https://github.com/ckan/{name}", help="address of a repository")
    parser.add_argument("--only", choices=[suite.name for suite in SUITES], help="run one suite")
    options = parser.parse_args(arguments)
    chosen = [suite for suite in SUITES if options.only in (None, suite.name)]
    differences_found = [_compare(suite, options.repositories) for suite in chosen]
    return int(any(differences_found))


def _compare(suite: Suite, repositories: str) -> bool:
    FOLDER.mkdir(parents=True, exist_ok=True)
    source = sources.fetch(suite, FOLDER, repositories)
    commands = environment.create(suite, source, FOLDER, repositories)
    differ = False
    for run in suite.runs:
        without, beside = (_outcomes(commands, source, run, plugin) for plugin in ("", PLUGIN))
        changes = differences(without, beside)
        print(f"{suite.name} {suite.version}, {run.ini}: without {counts(without)}; with {PLUGIN} {counts(beside)}")
        for name, (before, after) in sorted(changes.items()):
            print(f"  {name}: {before.kind} without, {after.kind} with: {after.reason or before.reason}")
        differ = differ or bool(changes)
    return differ


def _outcomes(commands: Path, source: Path, run: Run, plugin: str) -> dict[str, Outcome]:
    ini = configuration.write(source, run.ini, plugin)
    report = source / f"{ini}.xml"
    for words in (["db", "init"], ["db", "pending-migrations", "--apply"]):
        environment.run(commands, ["ckan", "-c", ini, *words], source)
    os.environ["OSC_PEERS_PLUGIN"] = plugin
    os.environ["PYTHONPATH"] = f"{environment.PROJECT}:{environment.PROJECT / 'tests'}"
    plugins = ["-p", f"{__package__}.enabling"] if plugin else []
    options = ["-q", "--disable-warnings", "-p", "no:cacheprovider", "--tb=short", f"--junitxml={report}"]
    environment.run(commands, ["pytest", f"--ckan-ini={ini}", *plugins, *options, *run.tests], source)
    return read(report)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
