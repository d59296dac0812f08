"""Which version of the standard a record was answered to: its mark, and the answers of an earlier version in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .answers import Refused, raw_entries
from .migrations import Migration, Step, path
from .model import Standard

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
