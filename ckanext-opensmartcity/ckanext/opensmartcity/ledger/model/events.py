"""Append events, and look up or erase the actors behind them.

Actor rows are the only rows of the ledger that identify a person. Every event has one; erasure empties it. An event
without a row was not written by the portal.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ...ledger_format.canonical_json import canonical_bytes
from ...ledger_format.event import Event, event_body, leaf_hash
from . import actor


def forget(session: Session, user_id: str) -> int:
    """Empty the actor rows of a user (erasure, "forget user"); return their number."""
    emptied = sa.update(actor).where(actor.c.user_id == user_id).values(user_id=None, salt=None)
    return len(session.execute(emptied.returning(actor.c.event_seq)).all())


def names_of(session: Session, seqs: list[int]) -> dict[int, str]:
    """Return the user names of the actors by sequence number, without erased ones."""
    query = sa.text("""
        SELECT a.event_seq, u.name FROM opensmartcity_actor a JOIN "user" u ON u.id = a.user_id
        WHERE a.event_seq = ANY(:seqs)
    """)
    return {row.event_seq: row.name for row in session.execute(query, {"seqs": seqs})}


# Event, actor and state in one statement, because each statement costs a round trip while the user waits.
_APPEND = sa.text("""
WITH written AS (
  INSERT INTO opensmartcity_event (event_id, subject_id, subject_type, action, at, request, public, body)
  VALUES (CAST(:event_id AS uuid), :subject_id, :subject_type, :action, CAST(:at AS timestamptz),
    CAST(:request AS uuid), :public, :body)
  RETURNING seq
), acted AS (
  INSERT INTO opensmartcity_actor (event_seq, user_id, salt)
  SELECT seq, CAST(:user_id AS text), :salt FROM written
)
INSERT INTO opensmartcity_state AS s (subject_id, subject_type, answers, last_seq, last_hash, labels, inner_labels,
  owners, name, title, gone_at, gone_why, due_on, disposed_on)
SELECT :subject_id, :subject_type, CAST(:answers AS jsonb), seq, :hash, :labels, :inner_labels,
  jsonb_build_array(jsonb_build_array(CAST(:owner AS text), seq)), :name, :title,
  CAST(:gone_at AS timestamptz), :gone_why, CAST(:due_on AS date), CAST(:disposed_on AS date)
FROM written
ON CONFLICT (subject_id) DO UPDATE SET answers = excluded.answers, last_seq = excluded.last_seq,
  last_hash = excluded.last_hash, labels = excluded.labels, inner_labels = excluded.inner_labels, name = excluded.name,
  title = excluded.title, gone_at = excluded.gone_at, gone_why = excluded.gone_why, due_on = excluded.due_on,
  disposed_on = excluded.disposed_on,
  owners = CASE WHEN s.owners -> -1 -> 0 = excluded.owners -> 0 -> 0 THEN s.owners ELSE s.owners || excluded.owners END
""")


# Until the end of the transaction at the latest.
_ALLOW_REDACTION = sa.text("SELECT set_config('opensmartcity.redaction', 'on', true)")
_FORBID_REDACTION = sa.text("SELECT set_config('opensmartcity.redaction', 'off', true)")
_REDACT = sa.text("UPDATE opensmartcity_event SET body = :body WHERE seq = :seq")


@dataclass(frozen=True)
class SubjectInfo:
    """State of a subject beside its answers: permission labels, name, title, owner, and when and why it was purged.

    `due_on` is its last day of keeping, `disposed_on` the day on which it was deleted or purged.
    """

    labels: Sequence[str]
    inner_labels: Sequence[str]
    name: str
    title: str
    owner: str | None = None
    gone_at: datetime | None = None
    gone_why: str | None = None
    due_on: date | None = None
    disposed_on: date | None = None


@dataclass(frozen=True)
class Act:
    """Event to append, with its actor and the state of the subject after it."""

    event: Event
    user_id: str | None
    salt: str
    answers: Mapping[str, Any]
    info: SubjectInfo


def redact(session: Session, bodies: Mapping[int, str]) -> None:
    """Replace the bodies of events, by sequence number, with what is left of them.

    The database refuses a body that no later event of the same subject records.
    """
    session.execute(_ALLOW_REDACTION)
    session.execute(_REDACT, [{"seq": seq, "body": body} for seq, body in bodies.items()])
    session.execute(_FORBID_REDACTION)


def append(session: Session, act: Act) -> bytes:
    """Insert an event with its actor, and upsert the state after it; return the leaf hash."""
    event, body = act.event, canonical_bytes(event_body(act.event))
    digest = leaf_hash(body)
    session.execute(
        _APPEND,
        {
            "event_id": event.id,
            "subject_id": event.subject_id,
            "subject_type": event.subject_type,
            "action": event.action,
            "at": event.at,
            "request": event.request,
            "public": event.public,
            "body": body.decode(),
            "user_id": act.user_id,
            "salt": act.salt,
            "answers": json.dumps(act.answers),
            "hash": digest,
            **vars(act.info),
        },
    )
    return digest
