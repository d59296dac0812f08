"""What is not the same in two standards, entry by entry and part by part; what that means is for others to judge."""
# MERGED The versions of a standard: what each changed, and which step of its number (semantic versioning) that needs.

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .yaml_source import Section

Entries = Mapping[str, Mapping[str, Any]]
Snapshot = Mapping[str, Any]

KINDS = ("group", "field", "vocabulary", "code", "rule")
WORDS = frozenset("about clause definition example help label message name question reason title".split())
_HASHED = WORDS - {"label"}
_KEPT_OUT = frozenset({"codes", "fields", "id", "record"})


@dataclass(frozen=True)
class Change:
    """One entry, or one part of it, that is not the same; `before` or `after` is None where an entry is not there."""

    kind: str
    name: str
    part: str | None
    before: Any
    after: Any
    severity: str | None = None

    @property
    def where(self) -> str:
        """Return kind and name, as people and the changelog write them."""
        return f"{self.kind} {self.name}" if self.name else self.kind

    @property
    def is_added(self) -> bool:
        """Tell whether the entry is new."""
        return self.part is None and self.before is None

    @property
    def is_removed(self) -> bool:
        """Tell whether the entry is gone."""
        return self.part is None and self.after is None


def snapshot(listing: Mapping[str, Any]) -> Snapshot:
    """Return the listing of a standard as entries by name, to be compared."""
    vocabularies = listing["vocabularies"]
    return {
        "standard": {"": {part: listing[part] for part in ("name", "namespace", "about")}},
        "group": {f"{group['record']} {group['id']}": _parts(group) for group in listing["groups"]},
        "field": {f"{field['record']} {field['name']}": _parts(field, "name") for field in listing["fields"]},
        "vocabulary": {entry["id"]: _parts(entry) for entry in vocabularies},
        "code": {
            f"{entry['id']}/{code['code']}": _parts(code, "code") for entry in vocabularies for code in entry["codes"]
        },
        "rule": {rule["id"]: _parts(rule) for rule in listing["rules"]},
    }


def _parts(entry: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {part: value for part, value in entry.items() if part not in _KEPT_OUT and part not in names}


def frozen(whole: Snapshot) -> Snapshot:
    """Return a snapshot as it is kept for later: of long texts only a digest, which tells whether they changed."""
    return {
        kind: {
            name: {part: _digest(value) if part in _HASHED else value for part, value in entry.items()}
            for name, entry in entries.items()
        }
        for kind, entries in whole.items()
    }


def _digest(text: str | None) -> str | None:
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()[:12]


def compare(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    """Yield every change, entry by entry; codes of a list that is new or gone are not told one by one."""
    for kind in ("standard", *KINDS):
        for change in _entries(kind, before[kind], after[kind]):
            if kind != "code" or _list_of(change) in before["vocabulary"].keys() & after["vocabulary"].keys():
                yield change


def _list_of(change: Change) -> str:
    return change.name.partition("/")[0]


def _entries(kind: str, before: Entries, after: Entries) -> Iterator[Change]:
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        name = key.partition(" ")[2] or key if kind == "field" else key
        if old is None or new is None:
            yield Change(kind, name, None, old, new, (old or new or {}).get("severity"))
            continue
        for part in dict.fromkeys([*old, *new]):
            if old.get(part) != new.get(part):
                yield Change(kind, name, part, old.get(part), new.get(part), new.get("severity"))


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
