"""One id for all that one user action does."""
# MERGED Recording: a watched subject compared with what the ledger knows, right before the commit, and appended as events.

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
from . import scheduler
from .actor import SYSTEM, Actor, role_in, role_of
from .model import events, subject_state
from .model.events import Act, Described
from .model.session_hooks import Watched
from .model.subject_state import State

_NAME = "opensmartcity_request"


def request_id() -> str:
    """Return the id of this HTTP request, command or job; a new one where there is none of them."""
    if not has_app_context():
        return str(uuid.uuid4())
    if _NAME not in g:
        setattr(g, _NAME, str(uuid.uuid4()))
    return str(getattr(g, _NAME))


@dataclass(frozen=True)
class Author:
    """Who an event is by: the actor and the role in which they acted."""

    actor: Actor
    role: str
    organization: str | None = None


@dataclass(frozen=True)
class Subject:
    """What events are about, and what the ledger is to know of it from now on."""

    id: str
    type: SubjectType
    answers: Mapping[str, Any]
    described: Described
    previous: bytes | None


def record(session: Session, watched: Watched) -> None:
    """Append what changed about a watched subject."""
    if watched.kind == "organization":
        _record_organization(session, watched)
    else:
        _record_dataset(session, watched)


def _record_dataset(session: Session, watched: Watched) -> None:
    state, stored = _now(session, watched)
    if stored is not None and not is_governed(stored):
        return
    if state is None and not watched.new:
        _begin_unseen(session, watched.subject_id)
        state, stored = _now(session, watched)
    if stored is not None:
        _record_change(session, watched.actor, stored, state)
    elif state is not None and state.gone_at is None:
        _record_purge(session, watched, state)


def _now(session: Session, watched: Watched) -> tuple[State | None, Stored | None]:
    # First the lock, then the dataset: whoever waited must see what the other one has made of it.
    state = subject_state.lock(session, watched.subject_id)
    return state, packages.dataset(session, watched.subject_id, watched.actor.user_id)


def _begin_unseen(session: Session, dataset_id: str) -> None:
    """Begin the history of a dataset with what was committed before this transaction, if there was anything."""
    subject_state.wait_for_first(session, dataset_id)
    if subject_state.lock(session, dataset_id) is None:
        before = packages.committed_dataset(dataset_id)
        if before is not None and is_governed(before):
            begin(session, before)


def is_governed(stored: Stored | Package) -> bool:
    """Tell whether the standard knows the type of a dataset."""
    return stored.type in config.standard().records


def begin(session: Session, stored: Stored) -> None:
    """Append the first event about a dataset that was there before the ledger."""
    subject = _subject(stored, None)
    entries = draft_events(Snapshot(None), _side(stored, subject))
    append(session, Author(SYSTEM, "system"), subject, [replace(entry, action="baseline") for entry in entries])


def _record_change(session: Session, actor: Actor, stored: Stored, state: State | None) -> None:
    subject = _subject(stored, state)
    entries = draft_events(_side_before(state), _side(stored, subject))
    if entries:
        append(session, Author(actor, *role_of(actor, stored)), subject, entries)
    elif state is not None:
        relabel(session, state, subject.described)


def relabel(session: Session, state: State, described: Described) -> bool:
    """Keep up with labels, name and title, which change without an event; tell whether any did."""
    fresh = {name: getattr(described, name) for name in ("labels", "inner_labels", "name", "title")}
    changed = any(fresh[name] != getattr(state, name) for name in fresh)
    if changed:
        subject_state.relabel(session, state.subject_id, fresh)
    return changed


def _record_purge(session: Session, watched: Watched, state: State) -> None:
    described = _described(state, gone_at=datetime.now(timezone.utc), gone_why=watched.reason)
    subject = Subject(state.subject_id, _type(state.subject_type), {}, described, state.last_hash)
    entries = draft_events(_side_before(state), Snapshot(None), watched.reason)
    append(session, Author(watched.actor, *role_in(watched.actor, described.owner, None)), subject, entries)


def _described(state: State, **gone: Any) -> Described:
    owner = state.answers.get("owner_org")
    return Described(state.labels, state.inner_labels, state.name, state.title, owner, **gone)


def _record_organization(session: Session, watched: Watched) -> None:
    state = _organization_state(session, watched.subject_id)
    now = packages.organization(session, watched.subject_id)
    before = state.answers if state else _names(packages.committed_organization(watched.subject_id))
    after = _names(now)
    changes = tuple(
        Change(name, before.get(name), after[name]) for name in after if before and before.get(name) != after[name]
    )
    if now and changes:
        described = Described(permission_labels.user_labels(None), [], *now)
        subject = Subject(watched.subject_id, "organization", after, described, state.last_hash if state else None)
        author = Author(watched.actor, *role_in(watched.actor, watched.subject_id, now[0]))
        append(session, author, subject, [EventDraft("rename", public=True, changes=changes)])


def _organization_state(session: Session, organization_id: str) -> State | None:
    state = subject_state.lock(session, organization_id)
    if state is None:
        subject_state.wait_for_first(session, organization_id)
        state = subject_state.lock(session, organization_id)
    return state


def _names(named: tuple[str, str] | None) -> Mapping[str, str]:
    return dict(zip(("name", "title"), named, strict=True)) if named else {}


def _subject(stored: Stored, state: State | None) -> Subject:
    kind = config.standard().records[stored.type]
    answers = governed_answers(kind, stored.extras, vars(stored))
    return Subject(stored.id, _type(stored.type), answers, describe(stored, state), state.last_hash if state else None)


def describe(stored: Stored, state: State | None) -> Described:
    """Return what the ledger is to know of a dataset beside its answers."""
    outer, inner = (
        permission_labels.history_labels(stored, state.labels if state else None),
        permission_labels.inner_labels(stored),
    )
    return Described(outer, inner, stored.name, stored.title, stored.owner_org)


def _type(name: str) -> SubjectType:
    return "algorithm" if name == "algorithm" else "dataset"


def _side(stored: Stored, subject: Subject) -> Snapshot:
    known = permission_labels.is_open(subject.described.labels)
    return Snapshot(subject.answers, public=known and stored.state == "active", history_public=known)


def _side_before(state: State | None) -> Snapshot:
    if state is None or state.gone_at is not None:
        return Snapshot(None)
    known = permission_labels.is_open(state.labels)
    return Snapshot(state.answers, public=known and state.answers.get("state") == "active", history_public=known)


def append(session: Session, author: Author, subject: Subject, entries: Iterable[EventDraft]) -> None:
    """Write events about one subject, each chained to the one before."""
    previous = subject.previous
    for entry in entries:
        salt = secrets.token_hex(16)
        event = _event(author, subject, entry, salt, previous)
        act = Act(event, author.actor.user_id, salt, subject.answers, subject.described)
        previous = events.append(session, act)
    scheduler.note(session)


def _event(author: Author, subject: Subject, entry: EventDraft, salt: str, previous: bytes | None) -> Event:
    standard = config.standard()
    return Event(
        id=str(uuid.uuid4()),
        request=request_id(),
        subject_type=subject.type,
        subject_id=subject.id,
        action=entry.action,
        public=entry.public,
        at=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        role=author.role,
        organization=author.organization,
        actor=commitment(salt, author.actor.user_id or ""),
        nonce=secrets.token_hex(16),
        previous=previous.hex() if previous else None,
        standard_version=standard.version,
        standard_digest=standard_digest(standard),
        changes=entry.changes,
    )
