"""Recorder: compare a watched subject with its state in the ledger before the commit, and append its changes as events.

All events of one HTTP request, command or job share one request id. Events of a subject form a hash chain: each holds
the leaf hash of the previous one.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

from ckan.model import Package
from flask import g, has_app_context
from sqlalchemy.orm import Session

from .. import config
from ..governance import permission_labels
from ..governance.model import packages
from ..governance.model.packages import Stored
from ..ledger_format.diff import EventDraft, Snapshot, draft_events, governed_answers
from ..ledger_format.event import Change, Event, SubjectType, commitment
from ..standard import standard_digest
from . import sequencer
from .actor import SYSTEM, Actor, role_in, role_of
from .disposals import Retention, due_day, retention_of_removed
from .model import events, subject_state
from .model.events import Act, SubjectInfo
from .model.session_hooks import Watched
from .model.subject_state import State

_REQUEST_ID = "opensmartcity_request"


def request_id() -> str:
    """Return the id of the current HTTP request, command or job; a new one outside of an app context."""
    if not has_app_context():
        return str(uuid.uuid4())
    if _REQUEST_ID not in g:
        setattr(g, _REQUEST_ID, str(uuid.uuid4()))
    return str(getattr(g, _REQUEST_ID))


@dataclass(frozen=True)
class Author:
    """Author of an event: the actor and the role in which they acted."""

    actor: Actor
    role: str
    organization: str | None = None


@dataclass(frozen=True)
class Subject:
    """Subject of events, with its answers and state after them; `previous` is the leaf hash of its last event."""

    id: str
    type: SubjectType
    answers: Mapping[str, Any]
    info: SubjectInfo
    previous: bytes | None


def record(session: Session, watched: Watched) -> None:
    """Append the changes of a watched subject."""
    if watched.kind == "organization":
        record_organization(session, watched)
    else:
        record_dataset(session, watched)


def record_dataset(session: Session, watched: Watched) -> None:
    """Append the changes of a dataset; first its baseline if it existed before the ledger."""
    state, stored = _load(session, watched)
    if stored is not None and not is_governed(stored):
        return
    if state is None and not watched.new:
        subject_state.wait_for_first(session, watched.subject_id)
        if subject_state.lock(session, watched.subject_id) is None:
            # The dataset as it was committed before this transaction.
            before = packages.committed_dataset(watched.subject_id)
            if before is not None and is_governed(before):
                begin(session, before)
        state, stored = _load(session, watched)
    if stored is not None:
        subject = _subject(stored, state)
        drafts = draft_events(_snapshot_before(state), _snapshot(stored, subject))
        if drafts:
            append(session, Author(watched.actor, *role_of(watched.actor, stored)), subject, drafts)
        elif state is not None:
            relabel(session, state, subject.info)
    elif state is not None and state.gone_at is None:
        _record_purge(session, watched, state)


def _load(session: Session, watched: Watched) -> tuple[State | None, Stored | None]:
    # Lock before reading the dataset, so that a transaction that waited sees the changes of the other one.
    state = subject_state.lock(session, watched.subject_id)
    return state, packages.dataset(session, watched.subject_id, watched.actor.user_id)


def is_governed(stored: Stored | Package) -> bool:
    """Return whether the standard covers the type of a dataset."""
    return stored.type in config.standard().types


def begin(session: Session, stored: Stored) -> None:
    """Append the baseline event of a dataset that existed before the ledger."""
    subject = _subject(stored, None)
    drafts = draft_events(Snapshot(None), _snapshot(stored, subject))
    append(session, Author(SYSTEM, "system"), subject, [replace(draft, action="baseline") for draft in drafts])


def relabel(session: Session, state: State, info: SubjectInfo) -> bool:
    """Update labels, name, title and last day of keeping, which change without an event; return whether any changed.

    The last day changes with the standard, and is not yet known of datasets that an earlier version recorded.
    """
    names = ("labels", "inner_labels", "name", "title", "due_on", "disposed_on")
    fresh = {name: getattr(info, name) for name in names}
    changed = any(fresh[name] != getattr(state, name) for name in fresh)
    if changed:
        subject_state.relabel(session, state.subject_id, fresh)
    return changed


def _record_purge(session: Session, watched: Watched, state: State) -> None:
    owner, now = state.answers.get("owner_org"), datetime.now(timezone.utc)
    labels, retention = (state.labels, state.inner_labels), retention_of_removed(state.subject_type, state)
    info = SubjectInfo(*labels, state.name, state.title, owner, now, watched.reason, *retention)
    subject = Subject(state.subject_id, _type(state.subject_type), {}, info, state.last_hash)
    drafts = draft_events(_snapshot_before(state), Snapshot(None), watched.reason)
    append(session, Author(watched.actor, *role_in(watched.actor, owner, None)), subject, drafts)


def record_organization(session: Session, watched: Watched) -> None:
    """Append the new name or title of an organisation."""
    state = subject_state.lock(session, watched.subject_id)
    if state is None:
        subject_state.wait_for_first(session, watched.subject_id)
        state = subject_state.lock(session, watched.subject_id)
    now = packages.organization(session, watched.subject_id)
    before = state.answers if state else _names(packages.committed_organization(watched.subject_id))
    after = _names(now)
    changes = tuple(
        Change(name, before.get(name), after[name]) for name in after if before and before.get(name) != after[name]
    )
    if now and changes:
        info = SubjectInfo(permission_labels.user_labels(None), [], *now)
        subject = Subject(watched.subject_id, "organization", after, info, state.last_hash if state else None)
        author = Author(watched.actor, *role_in(watched.actor, watched.subject_id, now[0]))
        append(session, author, subject, [EventDraft("rename", public=True, changes=changes)])


def _names(named: tuple[str, str] | None) -> Mapping[str, str]:
    return dict(zip(("name", "title"), named, strict=True)) if named else {}


def _subject(stored: Stored, state: State | None) -> Subject:
    kind = config.standard().types[stored.type]
    answers = governed_answers(kind, stored.extras, vars(stored))
    return Subject(stored.id, _type(stored.type), answers, describe(stored, state), state.last_hash if state else None)


def describe(stored: Stored, state: State | None) -> SubjectInfo:
    """Return permission labels, name, title, owner and days of retention of a dataset, as the ledger stores them."""
    outer = permission_labels.history_labels(stored, state.labels if state else None)
    if stored.state == "deleted":
        retention = retention_of_removed(_type(stored.type), state)
    else:
        retention = Retention(due_day(_type(stored.type), stored.extras))
    return SubjectInfo(
        outer,
        permission_labels.inner_labels(stored),
        stored.name,
        stored.title,
        stored.owner_org,
        due_on=retention.due_on,
        disposed_on=retention.disposed_on,
    )


def _type(name: str) -> SubjectType:
    return "algorithm" if name == "algorithm" else "dataset"


def _snapshot(stored: Stored, subject: Subject) -> Snapshot:
    is_open = permission_labels.is_open(subject.info.labels)
    return Snapshot(subject.answers, public=is_open and stored.state == "active", history_public=is_open)


def _snapshot_before(state: State | None) -> Snapshot:
    if state is None or state.gone_at is not None:
        return Snapshot(None)
    is_open = permission_labels.is_open(state.labels)
    return Snapshot(state.answers, public=is_open and state.answers.get("state") == "active", history_public=is_open)


def append(session: Session, author: Author, subject: Subject, drafts: Iterable[EventDraft]) -> list[str]:
    """Append events of one subject, each chained to the previous one, and schedule a checkpoint; return their ids."""
    previous, standard, ids = subject.previous, config.standard(), []
    for draft in drafts:
        salt = secrets.token_hex(16)
        event = Event(
            id=str(uuid.uuid4()),
            request=request_id(),
            subject_type=subject.type,
            subject_id=subject.id,
            action=draft.action,
            public=draft.public,
            at=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            role=author.role,
            organization=author.organization,
            actor=commitment(salt, author.actor.user_id or ""),
            nonce=secrets.token_hex(16),
            previous=previous.hex() if previous else None,
            standard_version=standard.version,
            standard_digest=standard_digest(standard),
            changes=draft.changes,
        )
        act = Act(event, author.actor.user_id, salt, subject.answers, subject.info)
        previous = events.append(session, act)
        ids.append(event.id)
    sequencer.note(session)
    return ids
