"""Signed checkpoints, and the public keys of those who signed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ..ledger.checkpoint import SignedCheckpoint
from ..ledger.keys import VerifierKey, parse_key
from .tables import checkpoint, log_key


@dataclass(frozen=True)
class StoredCheckpoint:
    """A checkpoint as it is stored."""

    id: int
    size: int
    root: bytes
    at: datetime
    note: str


@dataclass(frozen=True)
class StoredKey:
    """A published key, and the size of the log since which it signs."""

    key: VerifierKey
    since: int
    at: datetime


def latest(session: Session, size: int | None = None) -> StoredCheckpoint | None:
    """Return the newest checkpoint, or the newest of a size."""
    query = sa.select(checkpoint).order_by(checkpoint.c.size.desc(), checkpoint.c.id.desc()).limit(1)
    if size is not None:
        query = query.where(checkpoint.c.size == size)
    row = session.execute(query).one_or_none()
    return StoredCheckpoint(**row._mapping) if row else None


def newest(session: Session, before: int | None, limit: int) -> list[StoredCheckpoint]:
    """Return the newest checkpoints, or those signed before one."""
    query = sa.select(checkpoint).order_by(checkpoint.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(checkpoint.c.id < before)
    return [StoredCheckpoint(**row._mapping) for row in session.execute(query)]


def every(session: Session, up_to: int | None = None) -> Iterator[StoredCheckpoint]:
    """Yield the checkpoints in the order in which they were signed, up to a size."""
    query = sa.select(checkpoint).order_by(checkpoint.c.id)
    if up_to is not None:
        query = query.where(checkpoint.c.size <= up_to)
    for row in session.execute(query):
        yield StoredCheckpoint(**row._mapping)


def add(session: Session, signed: SignedCheckpoint) -> None:
    """Store a checkpoint."""
    session.execute(sa.insert(checkpoint).values(size=signed.size, root=signed.root, note=str(signed.note)))


def keys(session: Session) -> list[StoredKey]:
    """Return all published keys, the oldest first."""
    rows = session.execute(sa.select(log_key).order_by(log_key.c.id))
    return [StoredKey(parse_key(row.key), row.since, row.at) for row in rows]


def add_key(session: Session, key: VerifierKey, since: int) -> None:
    """Publish a key."""
    session.execute(sa.insert(log_key).values(key=str(key), since=since))
