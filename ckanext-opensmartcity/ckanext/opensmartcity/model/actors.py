"""Who acted: the only rows that name a person, and the only ones of the ledger that may be removed."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from .tables import actor


def forget(session: Session, user_id: str) -> int:
    """Remove the rows of a user; return how many there were."""
    removed = session.execute(sa.delete(actor).where(actor.c.user_id == user_id).returning(actor.c.event_seq))
    return len(removed.all())


def names_of(session: Session, seqs: list[int]) -> dict[int, str]:
    """Return the names of who acted, by number of the event, where they were not removed."""
    query = sa.text("""
        SELECT a.event_seq, u.name FROM opensmartcity_actor a JOIN "user" u ON u.id = a.user_id
        WHERE a.event_seq = ANY(:seqs)
    """)
    return {row.event_seq: row.name for row in session.execute(query, {"seqs": seqs})}
