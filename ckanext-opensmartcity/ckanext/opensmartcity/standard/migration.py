"""Migration of records between versions of the standard.

`migrate` brings a record to a later version without losing an answer: what has no field any more is kept in extras,
and decisions that a person must make are returned as notices. The version of a record is stored in the field
`governance_standard_version`.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .answers import MAX_TEXT, InvalidAnswer, raw_entries, shorten
from .i18n import N_, Message, Translate
from .migration_notes import Migration, Step, migration_path
from .model import Standard
from .record_reader import DECLARED_FIELD, parse_declarations

VERSION_FIELD = "governance_standard_version"


@dataclass(frozen=True)
class EarlierAnswer:
    """An answer to a question of an earlier version, with the field that replaced the question and the message."""

    field: str
    label: str
    value: Any
    becomes: str | None
    message: str


def recorded_version(standard: Standard, record: Mapping[str, Any]) -> str | None:
    """Return the stored version of a record, else the earlier version whose fields or codes it uses, else None."""
    version = record.get(VERSION_FIELD) or extras_of(record).get(VERSION_FIELD)
    if isinstance(version, str) and version:
        return version
    versions = (
        migration.origin for migration in standard.migrations if next(_pending(standard, migration, record), None)
    )
    return next(versions, None)


def earlier_answers(standard: Standard, record: Mapping[str, Any]) -> tuple[EarlierAnswer, ...]:
    """Return the answers of a record that have no field in the current version of the standard."""
    origin = recorded_version(standard, record)
    if origin is None or origin == standard.version:
        return ()
    migrations = migration_path(standard.migrations, origin, standard.version) or ()
    return tuple(
        EarlierAnswer(step.field, step.label, value, step.becomes or step.into, step.message)
        for migration in migrations
        for step, value in _pending(standard, migration, record, removed=True)
    )


def version_to_store(standard: Standard, record: Mapping[str, Any], stored: str | None, *, changed: bool) -> str | None:
    """Return the version to store with a record that is being saved; `changed` is whether its answers change.

    A record keeps an earlier version as long as it contains answers of that version.
    """
    sent = record.get(VERSION_FIELD)
    for migration in standard.migrations:
        if next(_pending(standard, migration, record), None):
            known = [each.origin for each in standard.migrations]
            return next((version for version in (sent, stored) if version in known), migration.origin)
    return standard.version if changed or sent == standard.version else stored


def _pending(
    standard: Standard, migration: Migration, record: Mapping[str, Any], *, removed: bool = False
) -> Iterator[tuple[Step, Any]]:
    """Yield the steps that a record still needs, with its old answer; with `removed` also removed questions."""
    extras, kind = extras_of(record), standard.type_of(record).type
    for step in migration.steps:
        if not step.concerns(kind):
            continue
        value = record.get(step.field) or extras.get(step.field)
        if value and (step.becomes or (removed and step.removed) or (step.codes and old_codes(step, value))):
            yield step, value


def old_codes(step: Step, value: Any) -> list[str]:
    """Return the codes of an answer that the step replaces."""
    codes, entries = step.codes or {}, entries_of(value)
    if not all(isinstance(code, str) for code in entries):
        return []
    return [code for code in entries if codes.get(code, (code,)) != (code,)]


def entries_of(value: Any) -> list[Any]:
    """Return the entries of a raw answer, an empty list if it is invalid."""
    try:
        return raw_entries(value)
    except InvalidAnswer:
        return []


def extras_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the CKAN extras of a record by key."""
    extras = record.get("extras")
    entries = extras if isinstance(extras, list) else []
    named = (entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get("key"), str))
    return {entry["key"]: entry.get("value") for entry in named}


_CHOOSE = N_("In version {version} the answer was “{old}”. Choose now: {new}.")
_BOTH = N_("Both this question and “{new}” are answered. The answer to this one is kept in the extras.")
_NO_ROOM = N_("There is no room for this answer in “{new}”. It is kept in the extras.")
_KEPT = N_("This question is no longer asked. The answer is kept in the extras.")
_MOVED_INTO = N_("This question is no longer asked. The answer was moved to “{new}”.")
_ASKED = N_("This question is new, and its answer is required. {message}")


@dataclass(frozen=True)
class MigrationNotice:
    """A message to the steward about one field. `open` means that a person must decide or answer."""

    field: str
    message: Message
    open: bool


@dataclass(frozen=True)
class MigrationResult:
    """The migrated record, its versions before and after, and the notices."""

    record: dict[str, Any]
    origin: str | None
    target: str
    notices: tuple[MigrationNotice, ...]


class NoPathError(Exception):
    """There are no migrations between two versions."""

    def __init__(self, origin: str, target: str) -> None:
        template = N_("There is no migration from version {origin} to version {target}.")
        self.message = Message(template, {"origin": shorten(origin), "target": target})
        super().__init__(self.message.render())


def migrate(
    standard: Standard, record: Mapping[str, Any], target: str | None = None, translate: Translate = str
) -> MigrationResult:
    """Migrate a record to a version, by default that of the standard. Raise NoPathError if there is no path."""
    goal = target or standard.version
    origin = recorded_version(standard, record)
    if origin is None or origin == goal:
        return MigrationResult(dict(record), origin, goal, ())
    migrations = migration_path(standard.migrations, origin, goal)
    if migrations is None:
        raise NoPathError(origin, goal)
    run = _RecordMigration(standard, copy.deepcopy(dict(record)), translate)
    for migration in migrations:
        for step in migration.steps:
            run.apply(migration, step)
    return MigrationResult(run.finish(goal), origin, goal, tuple(run.notices))


@dataclass
class _RecordMigration:
    standard: Standard
    record: dict[str, Any]
    translate: Translate
    notices: list[MigrationNotice] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.kind = self.standard.type_of(self.record)
        declared = self.record.get(DECLARED_FIELD)
        if isinstance(declared, str):
            try:
                declared = json.loads(declared)
            except (ValueError, RecursionError):
                declared = None
        self.declared: dict[str, Any] = dict(declared) if isinstance(declared, dict) else {}

    def apply(self, migration: Migration, step: Step) -> None:
        """Apply one step to the record."""
        if not step.concerns(self.kind.type):
            return
        if step.asked:
            self.ask(step)
        elif step.removed:
            self.remove(step)
        else:
            if step.becomes:
                self.rename(step, step.becomes)
            if step.codes:
                self.recode(migration, step, step.becomes or step.field)

    def ask(self, step: Step) -> None:
        if not self.record.get(step.field) and step.field not in self.declared:
            self.notify(step.field, _ASKED, is_open=True, message=self.translate(step.message))

    def rename(self, step: Step, new: str) -> None:
        if step.field in self.declared:
            self.declared.setdefault(new, self.declared.pop(step.field))
        value = self.pop(step.field)
        if not value:
            return
        if self.record.get(new) or new in self.declared:
            self.keep(step.field, value)
            self.notify(step.field, _BOTH, is_open=True, new=self.label(new))
        else:
            self.record[new] = value

    def recode(self, migration: Migration, step: Step, name: str) -> None:
        value = self.record.get(name)
        old = old_codes(step, value)
        if not old:
            return
        codes = step.codes or {}
        decided = [codes.get(code, (code,))[0] for code in entries_of(value) if len(codes.get(code, (code,))) == 1]
        for code in [code for code in old if len(codes[code]) > 1]:
            words = {"version": migration.origin, "old": code, "new": self.choice(name, codes[code])}
            self.notify(name, _CHOOSE, is_open=True, **words)
            if decided:
                self.keep(f"{name} {migration.origin}", code)
            else:
                self.declared[name] = {"state": "unknown", "reason": self.translate(_CHOOSE).format(**words)}
        self.put(name, list(dict.fromkeys(decided)))

    def put(self, name: str, codes: list[Any]) -> None:
        known = self.kind.fields.get(name)
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
            self.notify(step.field, template, is_open=False, new=self.label(step.into or ""))
        else:
            self.record[step.into] = joined
            self.notify(step.field, _MOVED_INTO, is_open=False, new=self.label(step.into))

    def pop(self, name: str) -> Any:
        """Remove and return an answer, from its field or from the extras, where CKAN keeps unknown fields."""
        extras = self.record.get("extras")
        if isinstance(extras, list) and name in extras_of(self.record):
            self.record.setdefault(name, extras_of(self.record)[name])
            self.record["extras"] = [
                entry for entry in extras if not (isinstance(entry, dict) and entry.get("key") == name)
            ]
        return self.record.pop(name, None)

    def keep(self, name: str, value: Any) -> None:
        """Keep an answer that has no field any more as an extra."""
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        self.record["extras"] = [*(self.record.get("extras") or ()), {"key": name, "value": text}]

    def label(self, name: str) -> str:
        known = self.kind.fields.get(name)
        return self.translate(known.label) if known else name

    def choice(self, name: str, codes: tuple[str, ...]) -> str:
        """Return the labels of codes to choose from."""
        known = self.kind.fields.get(name)
        words = self.standard.vocabulary_of(known).codes if known and known.vocabulary else {}
        return ", ".join(self.translate(words[code].label) if code in words else code for code in codes)

    def notify(self, name: str, template: str, *, is_open: bool, **values: str) -> None:
        self.notices.append(MigrationNotice(name, Message(template, values), is_open))

    def finish(self, target: str) -> dict[str, Any]:
        """Return the record with its declarations and its new version."""
        if self.declared or DECLARED_FIELD in self.record:
            self.record[DECLARED_FIELD] = self.declared
        known, _ = parse_declarations(self.declared, self.declared.keys())
        if self.record.get(DECLARED_FIELD) == {} and not known:
            self.record.pop(DECLARED_FIELD)
        self.pop(VERSION_FIELD)
        self.record[VERSION_FIELD] = target
        return self.record
