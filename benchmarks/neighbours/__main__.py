"""`make neighbours`: open every page of a city's portal with the extensions that cities run, without and with ours.

The portal has a theme that replaces navigation and footer, a schema of its own, 200 datasets, lies below a folder
(`ckan.root_path`) and speaks German. Anonymous, an editor and a sysadmin open all GET routes before and after our
plugin is installed. Writes the results to docs/compatibility.md. Exit code 1 if a page has another status or has lost
content, or a page of ours fails.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from pathlib import Path

from ckanext.opensmartcity.portal.common import echo

from . import configuration, pages, report, services
from .environment import Environment, InstallError
from .extensions import EXTENSIONS, Extension

LOADING = """
import sys
from ckan.cli import load_config
from ckan.config.middleware import make_app
try:
    make_app(load_config(sys.argv[1]))
except BaseException as error:
    sys.exit(f"{type(error).__name__}: {' '.join(str(error).split())}"[:300])
"""


class Portal:
    """The portal in its environment, with the extensions that can be installed and loaded."""

    def __init__(self, folder: Path, data: Path, environment: Environment, *, reuse: bool) -> None:
        self.folder = folder
        self._data = data
        self.problems: dict[str, str] = {}
        self.environment = environment
        known = folder / "problems.json"
        if reuse and known.exists():
            self.problems = json.loads(known.read_text(encoding="utf-8"))
        for extension in (each for each in EXTENSIONS if not reuse and each.name not in self.problems):
            try:
                self.environment.add(extension)
            except InstallError as error:
                self.problems[extension.name] = f"not installed: {error}"
        self._services = services.prepare(data)
        self.extensions: tuple[Extension, ...] = ()

    def choose(self) -> None:
        """Create the tables of CKAN and of each extension; leave out the extensions with which CKAN does not start."""
        ini = self._write((), ours=False)
        self._ckan(ini, "db init")
        script = self.environment.run(["ckan", "-c", str(ini), "datastore", "set-permissions"])
        services.set_permissions(self._data, self._services, script.stdout)
        installed = tuple(each for each in EXTENSIONS if each.name not in self.problems)
        if self._start(installed):
            for extension in installed:
                if problem := self._start((*self.extensions, extension)):
                    self.problems[extension.name] = f"does not start: {problem}"
                else:
                    self.extensions += (extension,)
        else:
            self.extensions = installed
        (self.folder / "problems.json").write_text(json.dumps(self.problems), encoding="utf-8")
        ini = self._write(self.extensions, ours=False)
        self._ckan(ini, "db upgrade", *(command for each in self.extensions for command in each.commands))

    def _start(self, extensions: tuple[Extension, ...]) -> str:
        """Return the reason for which CKAN does not start with these extensions, nothing if it does."""
        done = self.environment.run(["python", "-c", LOADING, str(self._write(extensions, ours=False))])
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        return (lines or ["no reason given"])[-1] if done.returncode else ""

    def fill(self, records: str) -> None:
        """Create the content."""
        words = ["python", "-m", f"{__package__}.filling", str(self.folder / "before.ini"), str(self._content)]
        print(self._run([*words, *([records] if records else [])]), end="")

    def install(self) -> None:
        """Install our plugin as docs/install.md describes."""
        self.environment.add_ours()
        ini = self._write(self.extensions, ours=True)
        self._ckan(ini, "db upgrade", "search-index rebuild")

    def fill_ours(self) -> None:
        """Create content that only our plugin knows."""
        files = map(str, (self.folder / "after.ini", self._content))
        self._run(["python", "-m", f"{__package__}.filling", "ours", *files])

    def crawl(self, name: str, ini: str, *package: str) -> dict[tuple[str, str], pages.Page]:
        """Open all pages and return them by path and visitor."""
        written = self.folder / f"{name}.jsonl"
        files = map(str, (self.folder / f"{ini}.ini", self._content, written))
        print(self._run(["python", "-m", f"{__package__}.crawl", *files, *package]), end="")
        return pages.read(written)

    @property
    def _content(self) -> Path:
        return self.folder / "content.json"

    def _write(self, extensions: tuple[Extension, ...], *, ours: bool) -> Path:
        return configuration.write(self.folder, self._services, extensions, ours=ours)

    def _ckan(self, ini: Path, *commands: str) -> None:
        for command in commands:
            self._run(["ckan", "-c", str(ini), *command.split()])

    def _run(self, words: list[str]) -> str:
        done = self.environment.run(words)
        if done.returncode:
            raise SystemExit(f"{' '.join(words)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-6000:]}")
        return done.stdout


def main(arguments: list[str]) -> int:
    """Run everything, print and write the results; return the exit code."""
    parser = argparse.ArgumentParser(prog="make neighbours", description=__doc__)
    parser.add_argument("--ckan", required=True, help="version of CKAN, such as 2.12")
    parser.add_argument("--repositories", default="https://github.com/{repository}", help="address of a repository")
    parser.add_argument("--records", default="", help="file of datasets as package_show gives them, one JSON a line")
    parser.add_argument("--reuse", action="store_true", help="keep the environment of the last run")
    options = parser.parse_args(arguments)
    name = "neighbours" if options.ckan == "2.12" else f"neighbours-{options.ckan}"
    data = Path(os.environ.get("OSC_DATA") or ".portal").absolute() / name
    folder = data / "run"
    if not options.reuse:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    echo("Installing CKAN and the extensions")
    environment = Environment(folder / "env", options.ckan, options.repositories, reuse=options.reuse)
    portal = Portal(folder, data, environment, reuse=options.reuse)
    portal.choose()
    for name, reason in portal.problems.items():
        echo(f"{name}: {reason}")
    echo("Creating the content")
    portal.fill(str(Path(options.records).absolute()) if options.records else "")
    echo("Opening all pages")
    before = portal.crawl("before", "before")
    echo("Installing the plugin")
    portal.install()
    echo("Opening all pages again")
    after = portal.crawl("after", "after")
    portal.fill_ours()
    ours = portal.crawl("ours", "after", report.OURS)
    results = report.Results(options.ckan, portal.problems, before, after, ours)
    print(results.details())
    results.write()
    return int(results.failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
