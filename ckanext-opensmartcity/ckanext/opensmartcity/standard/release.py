"""Released versions of the standard in `schemas/released/`, and the check that the changelog matches them.

`python -m ckanext.opensmartcity.standard.release` (`make standard-version`) updates both, or prints what is missing.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from .model import Standard
from .overlay import CHANGELOG
from .serialize import list_content, standard_digest
from .versions import (
    ALL_WORDS,
    BUMPS,
    Change,
    Snapshot,
    Version,
    bump_between,
    bump_of,
    compare,
    frozen,
    next_version,
    snapshot,
)

FOLDER = "released"
RENEW = "make standard-version"

Released = Callable[[str], Snapshot | None]


def released_in(folder: Path) -> Released:
    """Return a function that reads the stored snapshot of a version, None if there is none."""

    def read(version: str) -> Snapshot | None:
        path = folder / FOLDER / f"{version}.json"
        return json.loads(path.read_text(encoding="utf-8"))["standard"] if path.exists() else None

    return read


def frozen_now(standard: Standard) -> Snapshot:
    """Return the current standard in the form that is stored."""
    return frozen(snapshot(list_content(standard)))


def problems(standard: Standard, released: Released) -> Iterator[str]:
    """Yield the errors of the changelog and of the stored snapshot, each with its remedy."""
    yield from wrong_notes(standard, released)
    newest = standard.changelog[0]
    if newest.version != standard.version:
        return
    if released(newest.version) != frozen_now(standard) or newest.digest != standard_digest(standard):
        yield _digest_mismatch(standard, newest, released)


def wrong_notes(standard: Standard, released: Released) -> Iterator[str]:
    """Yield the versions and notes that do not match the actual changes."""
    newest = standard.changelog[0]
    if newest.version != standard.version:
        yield (
            f"{CHANGELOG} begins with {newest.version}, standard.yaml has {standard.version}: "
            "use the same version in both"
        )
        return
    for later, earlier in pairwise(standard.changelog):
        before, after = released(earlier.version), released(later.version)
        if later is newest:
            after = frozen_now(standard)
        if before is not None and after is not None:
            yield from _check_notes(earlier, later, list(compare(before, after)))


def _check_notes(earlier: Version, later: Version, changes: list[Change]) -> Iterator[str]:
    since, place = f"since {earlier.version}", f"{later.version} in {CHANGELOG}"
    needed, step = bump_of(changes), bump_between(earlier.version, later.version)
    if BUMPS.index(step) < BUMPS.index(needed):
        follows = next_version(earlier.version, needed)
        yield f"{later.version} is a {step} step {since}, but the changes need a {needed} one: {follows}"
    for where in dict.fromkeys(change.where for change in changes if not later.names(change)):
        yield f"{where} was changed {since}: add a note with 'what: {where}' to {place}"
    changed = {change.where for change in changes} | {ALL_WORDS}
    for what in (what for notes in later.notes.values() for note in notes for what in note.what):
        if what not in changed:
            yield f"{what} is unchanged {since}: remove its note from {place}"


def _digest_mismatch(standard: Standard, newest: Version, released: Released) -> str:
    if newest.date is None:
        return f"{CHANGELOG} has another digest than the standard: note what changed in {newest.version}, run: {RENEW}"
    before = released(newest.version)
    changes = list(compare(before, frozen_now(standard))) if before else []
    follows = next_version(newest.version, bump_of(changes) if changes else "patch")
    changed = ", ".join(dict.fromkeys(change.where for change in changes)) or "the order of its entries"
    return (
        f"{newest.version} was released on {newest.date}, but the standard has changed since ({changed}). "
        f"Write {follows} or later into standard.yaml, note what changed in {CHANGELOG}, run: {RENEW}"
    )


def freeze(standard: Standard, folder: Path) -> None:
    """Store the snapshot of the current version and write its digest into the changelog."""
    digest = standard_digest(standard)
    (folder / FOLDER).mkdir(exist_ok=True)
    path = folder / FOLDER / f"{standard.version}.json"
    path.write_text(as_lines(standard.version, digest, frozen_now(standard)), encoding="utf-8")
    changelog = folder / CHANGELOG
    pattern = re.compile(rf"(- version: {re.escape(standard.version)}\n(?:    .*\n)*?    digest: ).*")
    changelog.write_text(pattern.sub(rf"\g<1>{digest}", changelog.read_text(encoding="utf-8")), encoding="utf-8")


def as_lines(version: str, digest: str, kept: Snapshot) -> str:
    """Return a stored version as JSON with one entry per line, for readable diffs."""

    def lines(entries: dict[str, Any]) -> str:
        values = {json.dumps(name): json.dumps(entry, ensure_ascii=False) for name, entry in entries.items()}
        return ",\n".join(f"  {name}: {value}" for name, value in values.items())

    kinds = ",\n".join(f' "{kind}": {{\n{lines(entries)}\n }}' for kind, entries in kept.items())
    return f'{{"version": "{version}", "digest": "{digest}", "standard": {{\n{kinds}\n}}}}\n'


def main() -> int:
    """Freeze the shipped standard if its changelog is complete, else print what is missing and return 1."""
    from . import load_standard, shipped_folder  # noqa: PLC0415  (the package imports this module's neighbours)

    folder = shipped_folder()
    standard, released = load_standard(folder), released_in(folder)
    missing = list(wrong_notes(standard, released))
    newest = standard.changelog[0]
    if newest.date is not None:
        missing = list(problems(standard, released))
    for line in missing:
        sys.stderr.write(f"{line}\n")
    if not missing and newest.date is None:
        freeze(standard, folder)
    return int(bool(missing))


if __name__ == "__main__":
    sys.exit(main())
