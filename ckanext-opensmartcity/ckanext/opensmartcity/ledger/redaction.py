"""Redaction of recorded answers (erasure, GDPR Art. 17): erase a value from all events of a record that hold it.

The leaf hashes stay in the log, so that every proof holds, and an event of the record says publicly which values were
erased, when, in which role and on which ground. The library `ledger_format.redaction` defines both.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy.orm import Session

from .. import config
from ..ledger_format.canonical_json import canonical_bytes
from ..ledger_format.diff import STATUS, EventDraft
from ..ledger_format.event import Change, SubjectType
from ..ledger_format.redaction import (
    ACTION,
    FIELD_PREFIX,
    SIDES,
    Redaction,
    digest_of,
    redact_event,
    redacted_fields,
    redaction_change,
    redactions_in,
)
from . import recorder, sequencer
from .actor import SYSTEM
from .model import event_queries, events, subject_state
from .model.event_queries import Row
from .model.events import SubjectInfo
from .model.subject_state import State
from .recorder import Author, Subject
from .recovery import ABANDONED
from .row_check import leaf_of
from .signer import VERIFY

ROLES = ("data_protection_officer", "sysadmin")
MAX_GROUND = 1_000
REASON = "reason"
CHECKPOINT = "Run: ckan opensmartcity ledger checkpoint"
# Values that no person wrote as text: who sees a record, whose it is, and which checkpoints count.
_NEVER = frozenset({*STATUS, ABANDONED})
# Characters. Shorter texts occur in other words by chance.
_MIN_PART = 4


class RedactionRefused(Exception):
    """The redaction cannot be made; the text says why, in one line."""


@dataclass(frozen=True)
class Occurrence:
    """Value on one side of a change of an event."""

    event_id: str
    at: str
    field: str
    side: str


@dataclass(frozen=True)
class _Target:
    """Event to redact, and the sides to erase by field."""

    row: Row
    body: dict[str, Any]
    sides: dict[str, set[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """Redaction that was prepared, its record locked: the values to erase, and where else the same text occurs.

    `also` are occurrences in other fields, which stay unless they are named. `answers` are the fields whose present
    answers hold a text that is to be erased, or were chosen and are still given.
    """

    state: State
    targets: Sequence[_Target]
    texts: frozenset[str]
    also: Sequence[Occurrence]
    answers: Sequence[str]

    @property
    def erased(self) -> list[Occurrence]:
        """Values to erase, in the order of the events."""
        return [
            Occurrence(target.body["id"], target.body["at"], name, side)
            for target in self.targets
            for name, sides in target.sides.items()
            for side in SIDES
            if side in sides
        ]


def prepare(session: Session, event_id: str, fields: Sequence[str]) -> Plan:
    """Log what waits, lock the record of an event, and find all of its events that hold the values of these fields.

    Without fields, of all fields of the event that can be redacted. Raise RedactionRefused if there is nothing to
    redact, or if it would not help, because the present answer to a field holds what is to be erased.
    """
    list(sequencer.sequence(session))
    subject_id = event_queries.subject_of(session, event_id)
    state = subject_state.lock(session, subject_id) if subject_id else None
    if state is None:
        raise RedactionRefused(f"There is no event {event_id}.")
    rows = event_queries.of_subject_after(session, state.subject_id, 0)
    for row in rows:
        if row.leaf is None:
            raise RedactionRefused(f"The event {row.event_id} is not in the log yet. {CHECKPOINT}")
        # A redaction must not wipe the traces of tampering.
        if leaf_of(row.body, row.leaf) != bytes(row.leaf):
            raise RedactionRefused(f"The event {row.event_id} is not the one that was logged. {VERIFY}")
    stored = [_Target(row, json.loads(row.body)) for row in rows]
    chosen = _chosen_values(next(each.body for each in stored if each.body["id"] == event_id), fields)
    values = _past_values(state, chosen)
    texts = frozenset(
        text for name in values if _is_text(state, name) for value in values[name] for text in _texts(value)
    )
    targets, also = [], []
    for target in stored:
        for name, side, value in _values_of(target.body):
            if name in values and _holds(state, name, value, values[name]):
                target.sides.setdefault(name, set()).add(side)
            elif name not in values and _is_text(state, name) and _shares_text(value, texts):
                also.append(Occurrence(target.body["id"], target.body["at"], name, side))
        if target.sides:
            targets.append(target)
    present = {name: value for name, value in state.answers.items() if name not in _NEVER and _is_text(state, name)}
    answers = {name for name, value in present.items() if _shares_text(value, texts)} | (chosen.keys() - values.keys())
    return Plan(state, targets, texts, also, sorted(answers))


def _past_values(state: State, chosen: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    """Return the chosen values without those that the record still gives as its answers."""
    past: dict[str, list[Any]] = {}
    for name, values in chosen.items():
        answer = state.answers.get(name)
        for value in values:
            # An event holds only those declarations that changed.
            declared = isinstance(value, dict) and isinstance(answer, dict) and value.items() <= answer.items()
            if value != answer and not declared:
                past.setdefault(name, []).append(value)
    for name in past or chosen:
        answer = state.answers.get(name)
        if not past or (answer is not None and _holds(state, name, answer, past[name])):
            raise RedactionRefused(f"“{state.name}” still says this in its answer to {name}. Change the answer first.")
    return past


def _chosen_values(body: Mapping[str, Any], fields: Sequence[str]) -> dict[str, list[Any]]:
    """Return the values before and after of the chosen fields, those that were erased left out."""
    names = [change["field"] for change in body["changes"]]
    for name in fields:
        if name not in names:
            raise RedactionRefused(f"This event does not change {name}. It changes: {', '.join(names) or 'nothing'}.")
        if name in _NEVER or name.startswith(FIELD_PREFIX):
            raise RedactionRefused(f"{name} cannot be redacted: it holds no text of a person.")
    values: dict[str, list[Any]] = {}
    for name, _side, value in _values_of(body):
        if name in fields or not fields:
            values.setdefault(name, []).append(value)
    missing = [name for name in fields if name not in values]
    if missing or not values:
        raise RedactionRefused(f"Nothing is left to redact{' in ' if missing else ''}{', '.join(missing)}.")
    return values


def _values_of(body: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield field, side and value of each value of an event that can be redacted."""
    for change in body["changes"]:
        name = change["field"]
        if name not in _NEVER and not name.startswith(FIELD_PREFIX):
            yield from ((name, side, change[side]) for side in SIDES if change[side] is not None)


def _is_text(state: State, name: str) -> bool:
    """Return whether people answer a field in their own words, so that a text may be a part of another answer."""
    record = config.standard().records.get(state.subject_type)
    known = record.fields.get(name) if record else None
    return known is None or known.type.is_free_text


def _holds(state: State, name: str, value: Any, erased: Sequence[Any]) -> bool:
    """Return whether a value of a field equals one that is erased, or contains its text."""
    if not _is_text(state, name):
        return value in erased
    return value in erased or _shares_text(value, {text for each in erased for text in _texts(each)})


def _shares_text(value: Any, texts: frozenset[str] | set[str]) -> bool:
    return any(
        text == own or (len(text) >= _MIN_PART and text.casefold() in own.casefold())
        for own in _texts(value)
        for text in texts
    )


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts in a value; of a declaration its reason."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for entry in value:
            yield from _texts(entry)
    elif isinstance(value, dict):
        for key, entry in value.items():
            if key != "state":
                yield from _texts(entry)


def check_ground(plan: Plan, ground: str) -> None:
    """Raise RedactionRefused if the ground, which everybody can read, repeats a text that is to be erased."""
    if _shares_text(ground, plan.texts):
        raise RedactionRefused("The ground repeats what is to be erased. Everybody can read it: word it otherwise.")


def redact(session: Session, plan: Plan, ground: str, role: str) -> list[str]:
    """Erase the values of a plan, and append the events that record it; return their ids.

    The redaction of a private event is recorded in a private one. All is one transaction, which ends here.
    """
    state = plan.state
    check_ground(plan, ground)
    earlier = dict(
        entry
        for body in event_queries.redactions(session, [state.subject_id])
        for entry in redactions_in(json.loads(body))
    )
    bodies: dict[int, str] = {}
    changes: dict[bool, list[Change]] = {}
    for target in plan.targets:
        left = redact_event(target.body, target.sides, secrets.token_hex(16))
        event_id, leaf = left["id"], leaf_of(target.row.body, target.row.leaf)
        redaction = Redaction(leaf.hex(), redacted_fields(left), digest_of(left))
        changes.setdefault(target.row.public, []).append(redaction_change(event_id, redaction, earlier.get(event_id)))
        bodies[target.row.seq] = canonical_bytes(left).decode()
    why = Change(REASON, None, ground)
    drafts = [EventDraft(ACTION, public, (*recorded, why)) for public, recorded in sorted(changes.items())]
    ids = recorder.append(session, Author(SYSTEM, role), _subject(plan), drafts)
    events.redact(session, bodies)
    session.commit()
    return ids


def _subject(plan: Plan) -> Subject:
    """Return the record with its present state, which a redaction does not change, but for the reason of a purge."""
    state = plan.state
    purge_reason = any(REASON in target.sides for target in plan.targets if target.body["action"] == "purge")
    info = SubjectInfo(
        state.labels,
        state.inner_labels,
        state.name,
        state.title,
        state.owners[-1][0] if state.owners else None,
        state.gone_at,
        # An empty text: a reason was given, and is redacted.
        "" if purge_reason and state.gone_why else state.gone_why,
        state.due_on,
        state.disposed_on,
    )
    return Subject(state.subject_id, cast(SubjectType, state.subject_type), state.answers, info, state.last_hash)
