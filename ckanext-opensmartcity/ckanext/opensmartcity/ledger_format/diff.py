"""What of a stored dataset is governed, in the shape in which events say it."""
# MERGED What changed between two states of a subject, told as the events that may say it to whom.

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ..standard import DECLARED_FIELD, Field, RecordType
from .event import Action, Change

STATUS = ("private", "state", "owner_org", "license_id", "collaborators")
_EMPTY: tuple[Any, ...] = ("", [], {}, "[]", "{}")
Answers = Mapping[str, Any]


def governed_answers(kind: RecordType, stored: Mapping[str, Any], status: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers of a dataset without the empty ones: lists as lists, all else as the text that is stored."""
    answers = {name: _answer(field, stored.get(name)) for name, field in kind.fields.items()}
    answers[DECLARED_FIELD] = _declared(stored.get(DECLARED_FIELD))
    answers |= {name: status.get(name) for name in STATUS}
    return {name: value for name, value in answers.items() if value is not None and value not in _EMPTY}


def _answer(field: Field, text: Any) -> Any:
    if not field.type.is_list or not isinstance(text, str):
        return text
    entries = _loaded(text)
    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        return text
    return sorted(entries) if field.type.is_set else entries


def _declared(text: Any) -> Any:
    entries = _loaded(text) if isinstance(text, str) else text
    return entries if isinstance(entries, dict) and all(map(_is_declaration, entries.values())) else text


def _is_declaration(entry: Any) -> bool:
    return isinstance(entry, dict) and all(isinstance(value, str) for value in entry.values())


def _loaded(text: str) -> Any:
    """Read stored JSON; what somebody stored by hand before may be none, and then it is a text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


_VISIBILITY = frozenset({"private", "state"})
Changes = tuple[Change, ...]


@dataclass(frozen=True)
class Side:
    """A subject before or after a change: its answers, None where it does not exist.

    `public` tells whether anyone can see it, `known` whether anyone can see its history: also of a deleted dataset.
    """

    answers: Mapping[str, Any] | None
    public: bool = False
    known: bool = False


@dataclass(frozen=True)
class Entry:
    """One event to be: what happened, whether anyone may read it, and what changed."""

    action: Action
    public: bool
    changes: Changes


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    """Return what differs, by field; of declared questions only the entries that differ."""
    names = sorted(before.keys() | after.keys())
    pairs = ((name, *_narrowed(name, before.get(name), after.get(name))) for name in names)
    return tuple(Change(name, old, new) for name, old, new in pairs if not _same(old, new))


def entries_for(before: Side, after: Side, reason: str | None = None) -> tuple[Entry, ...]:
    """Return the events of one change; what was said in private never stands in an event that anyone may read."""
    changes = changes_between(before.answers or {}, after.answers or {})
    if after.answers is None:
        return _purged(before, changes, reason)
    if not changes:
        return ()
    if before.answers is None:
        return (Entry("create", after.public, changes),)
    return _updated(before, after, changes)


def _updated(before: Side, after: Side, changes: Changes) -> tuple[Entry, ...]:
    shown = tuple(change for change in changes if change.field in _VISIBILITY)
    said = tuple(change for change in changes if change.field not in _VISIBILITY)
    if before.public == after.public or not shown:
        return (_entry(changes, before.public and after.public),)
    told = [_entry(shown, public=True)]
    if said:
        told.insert(0 if after.public else 1, _entry(said, public=False))
    return tuple(told)


def _purged(before: Side, changes: Changes, reason: str | None) -> tuple[Entry, ...]:
    why = (Change("reason", None, reason),) if reason else ()
    if before.public == before.known:
        return (Entry("purge", before.public, changes + why),)
    # Of a dataset that is deleted already, edits may be unknown to the public; that it is gone may not.
    ends = tuple(change for change in changes if change.field == "state")
    said = tuple(change for change in changes if change.field != "state")
    hidden = (Entry("purge", public=False, changes=said),) if said else ()
    return (*hidden, Entry("purge", public=True, changes=ends + why))


def _entry(changes: Changes, public: bool) -> Entry:
    return Entry(_action(changes), public, changes)


def _action(changes: Changes) -> Action:
    by_field = {change.field: change for change in changes}
    state = by_field.get("state")
    if state and "deleted" in (state.before, state.after):
        return "delete" if state.after == "deleted" else "restore"
    return _named(by_field.keys())


def _named(fields: Collection[str]) -> Action:
    if _VISIBILITY & set(fields):
        return "visibility"
    if set(fields) == {"collaborators"}:
        return "access"
    return "move" if "owner_org" in fields else "update"


def _narrowed(name: str, before: Any, after: Any) -> tuple[Any, Any]:
    if name != DECLARED_FIELD or not all(isinstance(side, dict) or side is None for side in (before, after)):
        return before, after
    old, new = before or {}, after or {}
    changed = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    return _part(old, changed), _part(new, changed)


def _part(entries: Mapping[str, Any], names: set[str]) -> dict[str, Any] | None:
    return {name: entries[name] for name in sorted(names & entries.keys())} or None


def _same(before: Any, after: Any) -> bool:
    # Python calls 1 and True the same; an answer is never a number, and JSON tells them apart.
    return type(before) is type(after) and bool(before == after)
