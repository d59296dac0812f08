"""Difference between two states of a subject, as event drafts split by who may read them.

Private and public changes of one edit become separate events: no value from a private period is ever published.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..standard import DECLARED_FIELD, Field, RecordType
from .event import Action, Change

# Dataset attributes beside the fields of the standard that are governed too.
STATUS = ("private", "state", "owner_org", "license_id", "collaborators")
_VISIBILITY = frozenset({"private", "state"})
_EMPTY: tuple[Any, ...] = ("", [], {}, "[]", "{}")

Answers = Mapping[str, Any]
Changes = tuple[Change, ...]


def governed_answers(kind: RecordType, stored: Mapping[str, Any], status: Mapping[str, Any]) -> dict[str, Any]:
    """Return the non-empty governed values of a dataset: lists as lists, all other values as the stored text.

    `stored` holds the values of the fields, `status` the attributes in STATUS. Legacy values that are not valid JSON
    lists or declarations are kept as text.
    """
    answers = {name: _normalize(field, stored.get(name)) for name, field in kind.fields.items()}
    declared = stored.get(DECLARED_FIELD)
    entries = _parse_json(declared) if isinstance(declared, str) else declared
    is_declaration = isinstance(entries, dict) and all(
        isinstance(entry, dict) and all(isinstance(value, str) for value in entry.values())
        for entry in entries.values()
    )
    answers[DECLARED_FIELD] = entries if is_declaration else declared
    answers |= {name: status.get(name) for name in STATUS}
    return {name: value for name, value in answers.items() if value is not None and value not in _EMPTY}


def _normalize(field: Field, text: Any) -> Any:
    """Parse a stored list, sorted if its order has no meaning; return any other value unchanged."""
    if not field.type.is_list or not isinstance(text, str):
        return text
    entries = _parse_json(text)
    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        return text
    return sorted(entries) if field.type.is_set else entries


def _parse_json(text: str) -> Any:
    """Parse stored JSON; None if it is invalid, as values written without the form may be."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


@dataclass(frozen=True)
class Snapshot:
    """State of a subject: its answers, None if it does not exist.

    `public`: anyone can read it. `history_public`: anyone can read its history, also after it was deleted.
    """

    answers: Answers | None
    public: bool = False
    history_public: bool = False


@dataclass(frozen=True)
class EventDraft:
    """Action, visibility and changes of an event that is not yet chained and signed."""

    action: Action
    public: bool
    changes: Changes


def changes_between(before: Answers, after: Answers) -> Changes:
    """Return the fields that differ, sorted by name; of the declared field only the entries that differ."""
    changes = []
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if name == DECLARED_FIELD:
            old, new = _differing_entries(old, new)
        # Python treats 1 and True as equal; JSON does not.
        if type(old) is not type(new) or old != new:
            changes.append(Change(name, old, new))
    return tuple(changes)


def _differing_entries(before: Any, after: Any) -> tuple[Any, Any]:
    if not all(isinstance(side, dict) or side is None for side in (before, after)):
        return before, after
    old, new = before or {}, after or {}
    names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    old_part, new_part = ({name: side[name] for name in names if name in side} or None for side in (old, new))
    return old_part, new_part


def draft_events(before: Snapshot, after: Snapshot, reason: str | None = None) -> tuple[EventDraft, ...]:
    """Return the events of one change. A public event contains only values that were public before and after.

    `reason` is the reason of a purge.
    """
    changes = changes_between(before.answers or {}, after.answers or {})
    if after.answers is None:
        return _purge(before, reason)
    if not changes:
        return ()
    if before.answers is None:
        return (EventDraft("create", after.public, changes),)
    return _update(before, after, changes)


def _update(before: Snapshot, after: Snapshot, changes: Changes) -> tuple[EventDraft, ...]:
    visibility = tuple(change for change in changes if change.field in _VISIBILITY)
    content = tuple(change for change in changes if change.field not in _VISIBILITY)
    if before.public == after.public or not visibility:
        return (_draft(changes, before.public and after.public),)
    drafts = [_draft(visibility, public=True)]
    if content:
        drafts.insert(0 if after.public else 1, _draft(content, public=False))
    return tuple(drafts)


def _purge(before: Snapshot, reason: str | None) -> tuple[EventDraft, ...]:
    """Return the purge event, which repeats none of the values that are removed."""
    reasons = (Change("reason", None, reason),) if reason else ()
    return (EventDraft("purge", before.history_public, reasons),)


def _draft(changes: Changes, public: bool) -> EventDraft:
    """Return the draft of an update, its action derived from the fields that changed."""
    by_field = {change.field: change for change in changes}
    state = by_field.get("state")
    action: Action = "update"
    if state and "deleted" in (state.before, state.after):
        action = "delete" if state.after == "deleted" else "restore"
    elif _VISIBILITY & by_field.keys():
        action = "visibility"
    elif by_field.keys() == {"collaborators"}:
        action = "access"
    elif "owner_org" in by_field:
        action = "move"
    return EventDraft(action, public, changes)
