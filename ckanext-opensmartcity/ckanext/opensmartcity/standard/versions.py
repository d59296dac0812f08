"""Versions of the standard: snapshots, the changes between two of them, the changelog, and semantic versioning."""

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
# Names by which code and conditions refer to entries. What they change shows in conditions; they ask nobody anything.
REFERENCES = frozenset({"role", "traits"})
_KEPT_OUT = frozenset({"codes", "fields", "id", "record"})


@dataclass(frozen=True)
class Change:
    """A difference between two snapshots: an entry that was added or removed, or a changed `part` of an entry."""

    kind: str
    name: str
    part: str | None
    before: Any
    after: Any
    severity: str | None = None

    @property
    def where(self) -> str:
        """Kind and name, as the changelog writes them, such as `field fitness_limits`."""
        return f"{self.kind} {self.name}" if self.name else self.kind

    @property
    def is_added(self) -> bool:
        """Whether the entry is new."""
        return self.part is None and self.before is None

    @property
    def is_removed(self) -> bool:
        """Whether the entry was removed."""
        return self.part is None and self.after is None


def snapshot(listing: Mapping[str, Any]) -> Snapshot:
    """Return the serialized standard as entries by kind and name, for `compare`."""
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
    """Return a snapshot in the form that is stored, with a digest in place of each long text."""
    return {
        kind: {
            name: {
                part: hashlib.sha256(value.encode()).hexdigest()[:12]
                if part in _HASHED and value is not None
                else value
                for part, value in entry.items()
            }
            for name, entry in entries.items()
        }
        for kind, entries in whole.items()
    }


def compare(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    """Yield all changes. The codes of a vocabulary that was added or removed as a whole are left out."""
    for kind in ("standard", *KINDS):
        for change in _compare_entries(kind, before[kind], after[kind]):
            vocabulary = change.name.partition("/")[0]
            if kind != "code" or vocabulary in before["vocabulary"].keys() & after["vocabulary"].keys():
                yield change


def _compare_entries(kind: str, before: Entries, after: Entries) -> Iterator[Change]:
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        name = key.partition(" ")[2] or key if kind == "field" else key
        if old is None or new is None:
            yield Change(kind, name, None, old, new, (old or new or {}).get("severity"))
            continue
        for part in dict.fromkeys([*old, *new]):
            # Snapshots of versions before roles and traits do not say that there were none.
            if old.get(part) != new.get(part) and (part not in REFERENCES or part in old):
                yield Change(kind, name, part, old.get(part), new.get(part), new.get("severity"))


Bump = Literal["none", "patch", "minor", "major"]
BUMPS: tuple[Bump, ...] = ("none", "patch", "minor", "major")
NOTES = ("added", "changed", "removed")
UNRELEASED = "unreleased"
ALL_WORDS = "words"

_NUMBER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?")


@dataclass(frozen=True)
class Note:
    """An entry of the changelog: what it is about, such as `field fitness_limits`, and a sentence for readers."""

    what: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class Version:
    """A version of the standard: its number, release date (None if unreleased), digest and notes by kind of change."""

    version: str
    date: str | None
    digest: str | None
    title: str
    notes: Mapping[str, tuple[Note, ...]]

    def names(self, change: Change) -> bool:
        """Return whether a note covers a change. A note on `words` covers all changes that only concern wording."""
        about = {what for notes in self.notes.values() for note in notes for what in note.what}
        return change.where in about or (change.part in WORDS and ALL_WORDS in about)


def load_changelog(section: Section) -> tuple[Version, ...]:
    """Load a changelog, newest version first, which has the shape of its schema."""
    return tuple(_load_version(item) for item in section.sections("versions"))


def _load_version(item: Section) -> Version:
    date = item.text("date")
    notes: dict[str, tuple[Note, ...]] = {}
    for kind in NOTES:
        if kind in item:
            for note in item.sections(kind):
                what = (note["what"],) if isinstance(note.get("what"), str) else tuple(note.texts("what"))
                notes[kind] = (*notes.get(kind, ()), Note(what, note.text("message")))
    day = None if date == UNRELEASED else date
    return Version(item["version"], day, item.optional_text("digest"), item.text("title"), notes)


def numbers(version: str) -> tuple[int, int, int]:
    """Return major, minor and patch of a semantic version. Raise ValueError if it is not one."""
    match = _NUMBER.fullmatch(version)
    if match is None:
        raise ValueError(f"{version!r} is not a semantic version")
    return int(match[1]), int(match[2]), int(match[3])


def without_build(version: str) -> str:
    """Return a version without its build metadata (`+...`), which names the city of an overlay."""
    return version.partition("+")[0]


def bump_between(before: str, after: str) -> Bump:
    """Return the kind of step between two versions. Before 1.0.0 a minor step counts as a major one."""
    old, new = numbers(before), numbers(after)
    if new <= old:
        return "none"
    if new[0] > old[0] or (old[0] == 0 and new[1] > old[1]):
        return "major"
    return "minor" if new[1] > old[1] else "patch"


def next_version(before: str, bump: Bump) -> str:
    """Return the next version after a step."""
    major, minor, patch = numbers(before)
    if bump == "major" and major > 0:
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if bump in ("major", "minor") else f"{major}.{minor}.{patch + 1}"


def bump_of(changes: Iterable[Change]) -> Bump:
    """Return the smallest step that the changes require."""
    bumps: list[Bump] = ["none"]
    for change in changes:
        if change.part in REFERENCES:
            bumps.append("minor")
        elif change.part not in WORDS:
            bumps.append("major" if _is_breaking(change) else "minor")
        else:
            bumps.append("minor" if change.kind == "code" and change.part == "definition" else "patch")
    return max(bumps, key=BUMPS.index)


def _is_breaking(change: Change) -> bool:
    """Return whether valid answers lose their field or meaning, or complete records become incomplete."""
    match change.kind:
        case "field" if change.is_added:
            return change.after["obligation"] is not None
        case "field":
            stricter = change.part == "obligation" and change.after is not None
            return stricter or change.is_removed or change.part in ("type", "vocabulary", "iri")
        case "code" | "vocabulary":
            return not change.is_added
        case "rule":
            return change.severity == "error" and not change.is_removed
        case "standard":
            return change.part == "namespace"
        case _:
            return False
