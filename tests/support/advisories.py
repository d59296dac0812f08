"""Published advisories on packages that this project requires, pinned in tests/data/advisories.json for use offline.

`python tests/support/advisories.py FOLDER` writes that file anew from a clone of the PyPA advisory database
(https://github.com/pypa/advisory-database, CC BY 4.0): identifiers and affected versions, no text.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import TypedDict

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

PROJECT = "ckanext-opensmartcity"
DATABASE = "https://github.com/pypa/advisory-database"
REPLACED = {"psycopg2"}  # by psycopg2-binary, see portal/overrides.txt
FILE = Path(__file__).parents[1] / "data/advisories.json"


class Advisory(TypedDict):
    """An advisory on a package.

    `ranges` are pairs of the first affected version and the first one that is not; null stands for no end.
    """

    id: str
    aliases: list[str]
    ranges: list[list[str | None]]
    versions: list[str]


def requirements(extras: set[str]) -> list[Requirement]:
    """Return what the package requires with these extras, as setup.py declares it."""
    declared = [Requirement(line) for line in metadata.requires(PROJECT) or []]
    return [each for each in declared if applies(each, extras)]


def applies(requirement: Requirement, extras: set[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""})


def installed(extras: set[str]) -> dict[str, str]:
    """Return the installed version of each package that the requirements lead to, directly or not."""
    found: dict[str, str] = {}
    waiting = requirements(extras)
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if (name, frozenset(requirement.extras)) in seen:
            continue
        seen.add((name, frozenset(requirement.extras)))
        if name in REPLACED:
            continue
        distribution = metadata.distribution(name)
        found[name] = distribution.version
        children = map(Requirement, distribution.requires or [])
        waiting += [child for child in children if applies(child, set(requirement.extras))]
    return found


def affects(advisory: Advisory, version: str) -> bool:
    """Tell whether a version lies in a range of the advisory or is one of its versions."""
    wanted = Version(version)
    inside = (
        Version(first or "0") <= wanted and (end is None or wanted < Version(end)) for first, end in advisory["ranges"]
    )
    return any(inside) or wanted in map(Version, advisory["versions"])


def read(file: dict) -> Advisory | None:
    """Return the facts of a file of the database; nothing of an advisory that was withdrawn."""
    if "withdrawn" in file:
        return None
    ranges: list[list[str | None]] = []
    versions: list[str] = []
    for affected in file["affected"]:
        events = [
            each for found in affected.get("ranges", []) if found["type"] == "ECOSYSTEM" for each in found["events"]
        ]
        for event in events:
            if "introduced" in event:
                ranges.append([event["introduced"], None])
            elif "fixed" in event:
                ranges[-1][1] = event["fixed"]
        if not events:
            versions += affected.get("versions", [])
    return {"id": file["id"], "aliases": sorted(file.get("aliases", [])), "ranges": ranges, "versions": versions}


def pin(folder: Path) -> dict[str, object]:
    """Return the content of the pinned file for the packages that are installed now.

    Of a clone, the newest commit is read: it needs no work tree.
    """

    def git(*arguments: str) -> str:
        return subprocess.run(["git", "-C", folder, *arguments], capture_output=True, text=True, check=True).stdout

    paths = [path for path in git("ls-tree", "-r", "--name-only", "HEAD", "vulns").split() if path.endswith(".yaml")]
    advisories: dict[str, list[Advisory]] = {}
    for name in sorted(installed({"portal", "dcat"})):
        for path in (path for path in paths if canonicalize_name(path.split("/")[1]) == name):
            if advisory := read(yaml.safe_load(git("show", f"HEAD:{path}"))):
                advisories.setdefault(name, []).append(advisory)
    commit, date = git("log", "-1", "--format=%H %cs").split()
    return {"database": DATABASE, "license": "CC-BY-4.0", "commit": commit, "date": date, "advisories": advisories}


if __name__ == "__main__":
    FILE.write_text(json.dumps(pin(Path(sys.argv[1])), indent=1) + "\n", encoding="utf-8")
