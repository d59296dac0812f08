"""The released versions of the standard as kept in schemas/released/, and whether the changelog tells the truth.

`python -m ckanext.opensmartcity.standard.release` (`make standard-version`) brings both up to date, or says what is
missing.
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
    """Return a reader of the versions that are kept in a folder of schemas."""

    def read(version: str) -> Snapshot | None:
        path = folder / FOLDER / f"{version}.json"
        return json.loads(path.read_text(encoding="utf-8"))["standard"] if path.exists() else None

    return read


def frozen_now(standard: Standard) -> Snapshot:
    """Return the standard as it would be kept."""
    return frozen(snapshot(list_content(standard)))


def problems(standard: Standard, released: Released) -> Iterator[str]:
    """Yield what keeps the changelog from being true, each with its remedy."""
    yield from wrong_notes(standard, released)
    newest = standard.changelog[0]
    if newest.version != standard.version:
        return
    if released(newest.version) != frozen_now(standard) or newest.digest != standard_digest(standard):
        yield _another_standard(standard, newest, released)


def wrong_notes(standard: Standard, released: Released) -> Iterator[str]:
    """Yield where versions, notes and what really changed do not fit."""
    newest = standard.changelog[0]
    if newest.version != standard.version:
        yield f"{CHANGELOG} begins with {newest.version}, standard.yaml says {standard.version}: say the same in both"
        return
    for later, earlier in pairwise(standard.changelog):
        before, after = released(earlier.version), released(later.version)
        if later is newest:
            after = frozen_now(standard)
        if before is not None and after is not None:
            yield from _version(earlier, later, list(compare(before, after)))


def _version(earlier: Version, later: Version, changes: list[Change]) -> Iterator[str]:
    since, place = f"since {earlier.version}", f"{later.version} in {CHANGELOG}"
    needed, step = bump_of(changes), bump_between(earlier.version, later.version)
    if BUMPS.index(step) < BUMPS.index(needed):
        follows = next_version(earlier.version, needed)
        yield f"{later.version} is a {step} step {since}, and the changes need a {needed} one: {follows}"
    for where in dict.fromkeys(change.where for change in changes if not later.names(change)):
        yield f"{where} is another {since}: add a note with 'what: {where}' to {place}"
    found = {change.where for change in changes} | {ALL_WORDS}
    for what in (what for notes in later.notes.values() for note in notes for what in note.what):
        if what not in found:
            yield f"{what} is the same {since}: take its note out of {place}"


def _another_standard(standard: Standard, newest: Version, released: Released) -> str:
    if newest.date is None:
        return f"{CHANGELOG} has the digest of another standard: note what changed in {newest.version}, run: {RENEW}"
    before = released(newest.version)
    changes = list(compare(before, frozen_now(standard))) if before else []
    follows = next_version(newest.version, bump_of(changes) if changes else "patch")
    told = ", ".join(dict.fromkeys(change.where for change in changes)) or "the order of its entries"
    return (
        f"{newest.version} was released on {newest.date}, and the standard is another one now ({told}). "
        f"Write {follows} or later into standard.yaml, note what changed in {CHANGELOG}, run: {RENEW}"
    )


def freeze(standard: Standard, folder: Path) -> None:
    """Keep the standard as its version, and write its digest into the changelog."""
    digest = standard_digest(standard)
    (folder / FOLDER).mkdir(exist_ok=True)
    path = folder / FOLDER / f"{standard.version}.json"
    path.write_text(as_lines(standard.version, digest, frozen_now(standard)), encoding="utf-8")
    changelog = folder / CHANGELOG
    pattern = re.compile(rf"(- version: {re.escape(standard.version)}\n(?:    .*\n)*?    digest: ).*")
    changelog.write_text(pattern.sub(rf"\g<1>{digest}", changelog.read_text(encoding="utf-8")), encoding="utf-8")


def as_lines(version: str, digest: str, kept: Snapshot) -> str:
    """Return a kept version as JSON with an entry a line, so that a difference can be read."""
    kinds = ",\n".join(f' "{kind}": {{\n{_entries(entries)}\n }}' for kind, entries in kept.items())
    return f'{{"version": "{version}", "digest": "{digest}", "standard": {{\n{kinds}\n}}}}\n'


def _entries(entries: dict[str, Any]) -> str:
    return ",\n".join(
        f"  {json.dumps(name)}: {json.dumps(entry, ensure_ascii=False)}" for name, entry in entries.items()
    )


def main() -> int:
    """Freeze the shipped standard where its changelog is complete; tell what is missing where it is not."""
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
