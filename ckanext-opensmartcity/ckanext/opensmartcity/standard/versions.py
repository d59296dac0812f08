"""The versions of a standard: what each changed, and which step of its number (semantic versioning) that needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from .changes import WORDS, Change
from .source import Section

Bump = Literal["none", "patch", "minor", "major"]
BUMPS: tuple[Bump, ...] = ("none", "patch", "minor", "major")
NOTES = ("added", "changed", "removed")
UNRELEASED = "unreleased"
ALL_WORDS = "words"

_NUMBER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Note:
    """What one change is about, such as `field fitness_limits`, and a sentence for readers."""

    what: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class Version:
    """One version: its number, the day of its release (None before it), its digest, and what it changed."""

    version: str
    date: str | None
    digest: str | None
    title: str
    notes: Mapping[str, tuple[Note, ...]]

    def names(self, change: Change) -> bool:
        """Tell whether a note is about the change; the note on `words` is about all changes of words alone."""
        about = {what for notes in self.notes.values() for note in notes for what in note.what}
        return change.where in about or (change.part in WORDS and ALL_WORDS in about)


def load_changelog(section: Section) -> tuple[Version, ...]:
    """Read a changelog, newest version first; SourceError names file, line and reason."""
    section.allow(("versions",))
    return tuple(_load_version(item) for item in section.sections("versions"))


def _load_version(item: Section) -> Version:
    item.allow(("version", "date", "digest", "title", *NOTES))
    date = item.text("date")
    if not _NUMBER.fullmatch(item.text("version")):
        raise item.error("'version' must be a semantic version such as 1.2.0", "version")
    if date != UNRELEASED and not _DATE.fullmatch(date):
        raise item.error(f"'date' must be year-month-day or '{UNRELEASED}'", "date")
    notes = {kind: tuple(map(_load_note, item.sections(kind))) for kind in NOTES if kind in item}
    day = None if date == UNRELEASED else date
    return Version(item["version"], day, item.optional_text("digest"), item.text("title"), notes)


def _load_note(item: Section) -> Note:
    item.allow(("what", "message"))
    what = (item["what"],) if isinstance(item.get("what"), str) else tuple(item.texts("what"))
    return Note(what, item.text("message"))


def numbers(version: str) -> tuple[int, int, int]:
    """Return the three numbers of a semantic version; ValueError where it is none."""
    found = _NUMBER.fullmatch(version)
    if found is None:
        raise ValueError(f"{version!r} is not a semantic version")
    return int(found[1]), int(found[2]), int(found[3])


def without_build(version: str) -> str:
    """Return a version without what stands behind its plus sign, by which a city tells whose it is."""
    return version.partition("+")[0]


def bump_between(before: str, after: str) -> Bump:
    """Return the step from one version to a later one; before 1.0.0 a minor step counts as a major one."""
    old, new = numbers(before), numbers(after)
    if new <= old:
        return "none"
    if new[0] > old[0] or (old[0] == 0 and new[1] > old[1]):
        return "major"
    return "minor" if new[1] > old[1] else "patch"


def next_version(before: str, bump: Bump) -> str:
    """Return the version that follows by a step."""
    major, minor, patch = numbers(before)
    if bump == "major" and major > 0:
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if bump in ("major", "minor") else f"{major}.{minor}.{patch + 1}"


def bump_of(changes: Iterable[Change]) -> Bump:
    """Return the step that the changes need together."""
    return max((_bump(change) for change in changes), key=BUMPS.index, default="none")


def _bump(change: Change) -> Bump:
    """Major: an answer that was right loses its place or meaning, or a complete record is no longer complete."""
    if change.part in WORDS:
        return "minor" if change.kind == "code" and change.part == "definition" else "patch"
    return "major" if _breaks(change) else "minor"


def _breaks(change: Change) -> bool:
    match change.kind:
        case "field":
            return _field_breaks(change)
        case "code" | "vocabulary":
            return not change.is_added
        case "rule":
            return change.severity == "error" and not change.is_removed
        case "standard":
            return change.part == "namespace"
        case _:
            return False


def _field_breaks(change: Change) -> bool:
    if change.is_added:
        return change.after["obligation"] is not None
    if change.part == "obligation":
        return change.after is not None
    return change.is_removed or change.part in ("type", "vocabulary", "iri")
