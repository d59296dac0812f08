"""Current state of each subject in the ledger: one row, locked while a change of the subject is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from . import state

# Types of subjects that are not datasets.
NO_DATASETS = ("organization", "ledger")
# First key of the advisory locks on subjects; the second is a hash of the subject's id.
SUBJECT_LOCK = 7_130_905

_LOCKED = sa.select(state).where(state.c.subject_id == sa.bindparam("id")).with_for_update()
_WAIT = sa.text("SELECT pg_advisory_xact_lock(:key, hashtext(:id))")
_TRY = sa.text("SELECT id FROM unnest(CAST(:ids AS text[])) AS id WHERE pg_try_advisory_xact_lock(:key, hashtext(id))")


@dataclass(frozen=True)
class State:
    """State of a subject after its last event. `owners` are pairs of an organisation and its first sequence number.

    `due_on` is its last day of keeping, `disposed_on` the day on which it was deleted or purged.
    """

    subject_id: str
    subject_type: str
    answers: Mapping[str, Any]
    last_seq: int
    last_hash: bytes
    labels: Sequence[str]
    inner_labels: Sequence[str]
    owners: Sequence[tuple[str | None, int]]
    name: str
    title: str
    gone_at: datetime | None
    gone_why: str | None
    due_on: date | None
    disposed_on: date | None


def lock(session: Session, subject_id: str) -> State | None:
    """Lock and return the state of a subject until the end of the transaction, None if it has no state."""
    row = session.execute(_LOCKED, {"id": subject_id}).one_or_none()
    return State(**row._mapping) if row else None


def wait_for_first(session: Session, subject_id: str) -> None:
    """Take the advisory lock for the first event of a subject, waiting for its present holder."""
    session.execute(_WAIT, {"key": SUBJECT_LOCK, "id": subject_id})


def lock_free(session: Session, subject_ids: Sequence[str]) -> list[str]:
    """Take the advisory locks of the subjects for which they are free; return the ids of these."""
    return list(session.scalars(_TRY, {"key": SUBJECT_LOCK, "ids": list(subject_ids)}))


def lock_some(session: Session, subject_ids: Sequence[str]) -> list[State]:
    """Lock and return the states of these subjects, without those that are locked already."""
    query = sa.select(state).where(state.c.subject_id.in_(subject_ids)).with_for_update(skip_locked=True)
    return [State(**row._mapping) for row in session.execute(query)]


def relabel(session: Session, subject_id: str, values: Mapping[str, Any]) -> None:
    """Update labels, name, title and last day of keeping without an event."""
    session.execute(sa.update(state).where(state.c.subject_id == subject_id).values(**values))


def find(session: Session, id_or_name: str) -> State | None:
    """Return the state of a subject by its id, else by its present or last name."""
    by_id = state.c.subject_id == id_or_name
    by_name = sa.and_(state.c.name == id_or_name, state.c.subject_type.not_in(NO_DATASETS))
    # A name may be reused after a purge: prefer the existing subject.
    order = [by_id.desc(), state.c.gone_at.desc().nulls_first(), state.c.last_seq.desc()]
    row = session.execute(sa.select(state).where(sa.or_(by_id, by_name)).order_by(*order).limit(1)).one_or_none()
    return State(**row._mapping) if row else None
