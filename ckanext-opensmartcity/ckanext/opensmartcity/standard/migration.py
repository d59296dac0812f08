"""Which version of the standard a record was answered to: its mark, and the answers of an earlier version in it."""
# MERGED A record of an earlier version of the standard, brought to a later one: nothing lost, what is undecided is told.

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .answers import MAX_TEXT, Refused, raw_entries, shorten
from .i18n import N_, Message, Translate
from .migration_notes import Migration, Step, path
from .model import Standard
from .record_reader import FIELD, parse_declarations

MARK = "governance_standard_version"


@dataclass(frozen=True)
class Earlier:
    """An answer of an earlier version that waits in a record: to which question, what it says, what became of it."""

    field: str
    label: str
    value: Any
    becomes: str | None
    message: str


def recorded_version(standard: Standard, record: Mapping[str, Any]) -> str | None:
    """Return the version that a record is marked with, else the one whose questions or codes it has; else None."""
    mark = record.get(MARK) or extras_of(record).get(MARK)
    if isinstance(mark, str) and mark:
        return mark
    earlier = (note.origin for note in standard.migrations if next(_waiting(note, record), None))
    return next(earlier, None)


def earlier_answers(standard: Standard, record: Mapping[str, Any]) -> tuple[Earlier, ...]:
    """Return the answers of the record's own, earlier version that the standard has no place for as they are."""
    origin = recorded_version(standard, record)
    if origin is None or origin == standard.version:
        return ()
    notes = path(standard.migrations, origin, standard.version) or ()
    return tuple(
        Earlier(step.field, step.label, value, step.becomes or step.into, step.message)
        for note in notes
        for step, value in _waiting(note, record, removed=True)
    )


def mark(standard: Standard, record: Mapping[str, Any], stored: str | None, *, changed: bool) -> str | None:
    """Return the version to mark a record with that is being saved; `changed` tells whether its answers are.

    A record stays with an earlier version as long as answers of that version wait in it.
    """
    sent = record.get(MARK)
    for note in standard.migrations:
        if next(_waiting(note, record), None):
            known = [note.origin for note in standard.migrations]
            return next((version for version in (sent, stored) if version in known), note.origin)
    return standard.version if changed or sent == standard.version else stored


def _waiting(note: Migration, record: Mapping[str, Any], *, removed: bool = False) -> Iterator[tuple[Step, Any]]:
    """Yield the steps whose old question or code a record has; with `removed` also those of questions that are gone."""
    extras = extras_of(record)
    for step in note.steps:
        if not step.concerns(str(record.get("type") or "dataset")):
            continue
        value = record.get(step.field) or extras.get(step.field)
        if value and (step.becomes or (removed and step.removed) or (step.codes and old_codes(step, value))):
            yield step, value


def old_codes(step: Step, value: Any) -> list[str]:
    """Return the codes of an answer that the step replaces by others."""
    codes, entries = step.codes or {}, entries_of(value)
    if not all(isinstance(code, str) for code in entries):
        return []
    return [code for code in entries if codes.get(code, (code,)) != (code,)]


def entries_of(value: Any) -> list[Any]:
    """Return the entries of an answer, one or several, stored or given."""
    try:
        return raw_entries(value)
    except Refused:
        return []


def extras_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the free extras of a record by key."""
    extras = record.get("extras")
    entries = extras if isinstance(extras, list) else []
    return {entry["key"]: entry.get("value") for entry in entries if isinstance(entry, dict) and "key" in entry}


_CHOOSE = N_("In version {version} the answer was “{old}”. Choose now: {new}.")
_BOTH = N_("Both this question and “{new}” are answered. The answer to this one stays among the extras.")
_NO_ROOM = N_("“{new}” has no room for this answer. It stays among the extras.")
_KEPT = N_("This question is no longer asked. The answer stays among the extras.")
_MOVED_INTO = N_("This question is no longer asked. The answer now stands in “{new}”.")
_ASKED = N_("This question is new, and its answer is required. {message}")


@dataclass(frozen=True)
class Told:
    """What a person should know of one question after the migration; `open` where they must decide or answer."""

    field: str
    message: Message
    open: bool


@dataclass(frozen=True)
class Migrated:
    """The record as it is in the later version; the same where there was nothing to do."""

    record: dict[str, Any]
    origin: str | None
    target: str
    told: tuple[Told, ...]


class NoPathError(Exception):
    """No notes lead from the version of a record to the one that is wanted."""

    def __init__(self, origin: str, target: str) -> None:
        template = N_("No notes lead from version {origin} to version {target}.")
        self.message = Message(template, {"origin": shorten(origin), "target": target})
        super().__init__(self.message.render())


def migrate(
    standard: Standard, record: Mapping[str, Any], target: str | None = None, translate: Translate = str
) -> Migrated:
    """Bring a record to a version, the standard's own by default; NoPathError where no notes lead there."""
    goal = target or standard.version
    origin = recorded_version(standard, record)
    if origin is None or origin == goal:
        return Migrated(dict(record), origin, goal, ())
    notes = path(standard.migrations, origin, goal)
    if notes is None:
        raise NoPathError(origin, goal)
    migrating = _Migrating(standard, copy.deepcopy(dict(record)), translate)
    for note in notes:
        for step in note.steps:
            migrating.take(note, step)
    return Migrated(migrating.finished(goal), origin, goal, tuple(migrating.told))


@dataclass
class _Migrating:
    standard: Standard
    record: dict[str, Any]
    translate: Translate
    told: list[Told] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.type = str(self.record.get("type") or "dataset")
        self.declared = self._declared()

    def _declared(self) -> dict[str, Any]:
        raw = self.record.get(FIELD)
        try:
            found = json.loads(raw) if isinstance(raw, str) and raw else raw
        except (ValueError, RecursionError):
            return {}
        return dict(found) if isinstance(found, dict) else {}

    def take(self, note: Migration, step: Step) -> None:
        """Do one step."""
        if not step.concerns(self.type):
            return
        if step.asked:
            self.ask(step)
        elif step.removed:
            self.remove(step)
        else:
            if step.becomes:
                self.rename(step, step.becomes)
            if step.codes:
                self.replace(note, step, step.becomes or step.field)

    def ask(self, step: Step) -> None:
        if not self.record.get(step.field) and step.field not in self.declared:
            self.tell(step.field, _ASKED, is_open=True, message=self.translate(step.message))

    def rename(self, step: Step, new: str) -> None:
        if step.field in self.declared:
            self.declared.setdefault(new, self.declared.pop(step.field))
        value = self.pop(step.field)
        if not value:
            return
        if self.record.get(new) or new in self.declared:
            self.keep(step.field, value)
            self.tell(step.field, _BOTH, is_open=True, new=self.label(new))
        else:
            self.record[new] = value

    def replace(self, note: Migration, step: Step, name: str) -> None:
        value = self.record.get(name)
        old = old_codes(step, value)
        if not old:
            return
        codes = step.codes or {}
        given = entries_of(value)
        decided = [codes.get(code, (code,))[0] for code in given if len(codes.get(code, (code,))) == 1]
        for code in [code for code in old if len(codes[code]) > 1]:
            words = {"version": note.origin, "old": code, "new": self.choice(name, codes[code])}
            self.tell(name, _CHOOSE, is_open=True, **words)
            if decided:
                self.keep(f"{name} {note.origin}", code)
            else:
                self.declared[name] = {"state": "unknown", "reason": self.translate(_CHOOSE).format(**words)}
        self.put(name, list(dict.fromkeys(decided)))

    def put(self, name: str, codes: list[Any]) -> None:
        known = self.standard.records[self.type].fields.get(name)
        if not codes:
            self.record.pop(name, None)
        else:
            self.record[name] = codes if known is not None and known.type.is_list else codes[0]

    def remove(self, step: Step) -> None:
        self.declared.pop(step.field, None)
        value = self.pop(step.field)
        if not value:
            return
        text = f"{self.translate(step.label)}: {', '.join(map(str, entries_of(value) or [value]))}"
        before = self.record.get(step.into or "")
        joined = f"{before}\n\n{text}" if before else text
        if step.into is None or len(joined) > MAX_TEXT or step.into in self.declared:
            self.keep(step.field, value)
            template = _KEPT if step.into is None else _NO_ROOM
            self.tell(step.field, template, is_open=False, new=self.label(step.into or ""))
        else:
            self.record[step.into] = joined
            self.tell(step.field, _MOVED_INTO, is_open=False, new=self.label(step.into))

    def pop(self, name: str) -> Any:
        """Take an answer out, wherever it stands: as a field, or where CKAN keeps what no schema knows."""
        extras = self.record.get("extras")
        if isinstance(extras, list) and name in extras_of(self.record):
            self.record.setdefault(name, extras_of(self.record)[name])
            self.record["extras"] = [entry for entry in extras if not _has_key(entry, name)]
        return self.record.pop(name, None)

    def keep(self, name: str, value: Any) -> None:
        """Keep an answer that has no other place among the extras."""
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        self.record["extras"] = [*(self.record.get("extras") or ()), {"key": name, "value": text}]

    def label(self, name: str) -> str:
        known = self.standard.records[self.type].fields.get(name)
        return self.translate(known.label) if known else name

    def choice(self, name: str, codes: tuple[str, ...]) -> str:
        """Say codes that are offered in words."""
        known = self.standard.records[self.type].fields.get(name)
        words = self.standard.vocabulary_of(known).codes if known and known.vocabulary else {}
        return ", ".join(self.translate(words[code].label) if code in words else code for code in codes)

    def tell(self, name: str, template: str, *, is_open: bool, **values: str) -> None:
        self.told.append(Told(name, Message(template, values), is_open))

    def finished(self, target: str) -> dict[str, Any]:
        """Return the record with its declarations and its mark."""
        if self.declared or FIELD in self.record:
            self.record[FIELD] = self.declared
        known, _ = parse_declarations(self.declared, self.declared.keys())
        if self.record.get(FIELD) == {} and not known:
            self.record.pop(FIELD)
        self.pop(MARK)
        self.record[MARK] = target
        return self.record


def _has_key(entry: Any, key: str) -> bool:
    return isinstance(entry, dict) and entry.get("key") == key
