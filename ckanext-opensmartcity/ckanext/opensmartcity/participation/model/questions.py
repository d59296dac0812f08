"""Queries of questions: keyset pagination by `seq`, and updates with optimistic locking on the state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from . import question as table

OPEN = ("waiting", "open")
SHOWN = ("open", "answered")

# The event that followed: the one that the answer names, else the first public one after the answer.
_ROWS = """
SELECT q.id, q.seq, q.package_id, q.state, q.asked_at, q.text, q.passed_on_at, q.answer, q.answered_at,
  q.changes_record, q.hidden_at, q.hidden_reason, q.organization_id, o.name AS organization,
  coalesce(nullif(o.title, ''), o.name) AS organization_title, p.name AS dataset,
  coalesce(nullif(p.title, ''), p.name) AS dataset_title, p.type AS dataset_type, e.event_id, e.at AS event_at
FROM opensmartcity_question q JOIN package p ON p.id = q.package_id LEFT JOIN "group" o ON o.id = q.organization_id
LEFT JOIN LATERAL (
  SELECT v.event_id, v.at FROM opensmartcity_event v
  WHERE v.subject_id = q.package_id AND v.public
    AND CASE WHEN q.event_id IS NULL THEN v.at > q.answered_at ELSE v.event_id = q.event_id END
  ORDER BY v.seq LIMIT 1) e ON q.changes_record
"""
# Also an empty page returns the number of questions in each state.
_OF_RECORD = sa.text(f"""
SELECT c.*, r.* FROM (
  SELECT coalesce(jsonb_object_agg(state, n) FILTER (WHERE state <> 'hidden'), '{{}}') AS states,
    coalesce(jsonb_object_agg(hidden_reason, n) FILTER (WHERE state = 'hidden'), '{{}}') AS reasons
  FROM (SELECT state, CASE state WHEN 'hidden' THEN hidden_reason END AS hidden_reason, count(*) AS n
    FROM opensmartcity_question WHERE package_id = :id GROUP BY 1, 2) s) c
LEFT JOIN ({_ROWS}
  WHERE q.package_id = :id AND q.seq < :before
    AND (q.state IN ('open', 'answered') OR :unrestricted OR q.organization_id = ANY(CAST(:organizations AS text[])))
  ORDER BY q.seq DESC LIMIT :limit) r ON true ORDER BY r.seq DESC
""")  # noqa: S608  (constants)
# Lists of the whole portal contain public records only, for all users.
VISIBLE = """
JOIN opensmartcity_state s ON s.subject_id = q.package_id AND s.labels && CAST(:labels AS text[])
"""
_OF_PORTAL = sa.text(f"""
{_ROWS} {VISIBLE}
WHERE q.state = ANY(:states) AND p.state = 'active' AND q.seq < :before
  AND (CAST(:organization AS text) IS NULL OR o.name = :organization)
  AND (CAST(:overdue AS boolean) IS NULL OR (q.asked_at < :due AND q.answered_at IS NULL) = :overdue)
ORDER BY q.seq DESC LIMIT :limit
""")
# Organisation that is to answer; of a record that is not public always its own.
_ANSWERING = """
CASE WHEN EXISTS (SELECT 1 FROM opensmartcity_state s WHERE s.subject_id = q.package_id
  AND s.labels && CAST(:labels AS text[])) THEN coalesce(q.organization_id, p.owner_org) ELSE p.owner_org END
"""
_TO_DO = sa.text(f"""
{_ROWS}
WHERE q.state IN ('waiting', 'open') AND p.state <> 'deleted' AND q.seq > :after
  AND (:all OR {_ANSWERING} = ANY(CAST(:organizations AS text[])))
ORDER BY q.seq LIMIT :limit
""")
_UNNOTIFIED = sa.text(f"""
SELECT q.id, p.type, p.name, coalesce(nullif(p.title, ''), p.name) FROM opensmartcity_question q
JOIN package p ON p.id = q.package_id
WHERE {_ANSWERING} = :id AND q.told_at IS NULL AND q.state IN ('waiting', 'open') AND p.state <> 'deleted'
ORDER BY q.seq
""")  # noqa: S608  (constants)
_BACKLOG = sa.text("""
SELECT count(*), count(*) FILTER (WHERE q.asked_at < :due),
  count(*) FILTER (WHERE q.told_at IS NULL AND q.asked_at < :late
    AND coalesce(q.organization_id, p.owner_org) IS NOT NULL)
FROM opensmartcity_question q JOIN package p ON p.id = q.package_id
WHERE q.state IN ('waiting', 'open') AND p.state <> 'deleted'
""")
_ONE = sa.text(f"{_ROWS} WHERE q.id = CAST(:id AS uuid)")


@dataclass(frozen=True)
class Backlog:
    """Number of questions without an answer, of those that are overdue, and of those no steward knows of in time."""

    unanswered: int
    overdue: int
    unnotified: int


def backlog(session: Session, due: datetime, late: datetime) -> Backlog:
    """Count the questions without an answer; those from before `due` are overdue, notifications since `late` not."""
    return Backlog(*session.execute(_BACKLOG, {"due": due, "late": late}).one())


@dataclass(frozen=True)
class Question:
    """A stored question, with name and title of its record and organisation."""

    id: str
    seq: int
    package_id: str
    state: str
    asked_at: datetime
    text: str
    passed_on_at: datetime | None
    answer: str | None
    answered_at: datetime | None
    changes_record: bool
    hidden_at: datetime | None
    hidden_reason: str | None
    organization_id: str | None
    organization: str | None
    organization_title: str | None
    dataset: str
    dataset_title: str
    dataset_type: str
    event_id: str | None
    event_at: datetime | None


@dataclass(frozen=True)
class RecordQuestions:
    """Page of the questions of one record, with the number per state and per reason for hiding."""

    questions: list[Question]
    states: Mapping[str, int]
    reasons: Mapping[str, int]


@dataclass(frozen=True)
class Visibility:
    """Visibility of questions that are not public: all of the record, or those passed to some organisations."""

    unrestricted: bool = False
    organizations: Sequence[str] = field(default_factory=tuple)


def add(session: Session, values: Mapping[str, Any]) -> None:
    """Store a question."""
    session.execute(sa.insert(table).values(**values))


def one(session: Session, question_id: str) -> Question | None:
    """Return a question by its id."""
    row = session.execute(_ONE, {"id": question_id}).one_or_none()
    return _question(row) if row else None


def of_record(session: Session, package_id: str, visibility: Visibility, before: int, limit: int) -> RecordQuestions:
    """Return the newest questions of a record with `seq` below `before`."""
    values = {
        "id": package_id,
        "unrestricted": visibility.unrestricted,
        "organizations": list(visibility.organizations),
    }
    rows = session.execute(_OF_RECORD, {**values, "before": before, "limit": limit}).all()
    return RecordQuestions([_question(row) for row in rows if row.id], rows[0].states, rows[0].reasons)


def of_portal(session: Session, labels: Sequence[str], wanted: Mapping[str, Any]) -> list[Question]:
    """Return the newest shown questions of the portal on records with one of some labels."""
    return [_question(row) for row in session.execute(_OF_PORTAL, {**wanted, "labels": list(labels)})]


def to_do(
    session: Session, labels: Sequence[str], organizations: Sequence[str] | None, after: int, limit: int
) -> list[Question]:
    """Return open questions of some organisations, or of all (None), oldest first; `labels` are those of the public."""
    values = {"all": organizations is None, "organizations": list(organizations or ()), "labels": list(labels)}
    return [_question(row) for row in session.execute(_TO_DO, {**values, "after": after, "limit": limit})]


def change(session: Session, question_id: str, states: Sequence[str], values: Mapping[str, Any]) -> bool:
    """Update a question if it is in one of `states` (optimistic locking); return whether it was."""
    changed = sa.update(table).where(table.c.id == question_id, table.c.state.in_(states)).values(**values)
    return session.execute(changed.returning(table.c.id)).one_or_none() is not None


def pass_on(session: Session, question_id: str, organization_id: str, now: datetime) -> bool:
    """Assign an open question to another organisation; return whether that changed it."""
    here = (table.c.id == question_id, table.c.state.in_(OPEN))
    other = table.c.organization_id.is_distinct_from(organization_id)
    values = {"organization_id": organization_id, "passed_on_at": now, "told_at": None}
    changed = sa.update(table).where(*here, other).values(**values).returning(table.c.id)
    return session.execute(changed).one_or_none() is not None


def unnotified(session: Session, labels: Sequence[str], organization_id: str) -> list[tuple[str, str, str, str]]:
    """Return id and record type, name and title of each open question without a notification."""
    values = {"id": organization_id, "labels": list(labels)}
    return [(str(row[0]), row[1], row[2], row[3]) for row in session.execute(_UNNOTIFIED, values)]


def mark_notified(session: Session, ids: Sequence[str], now: datetime) -> None:
    """Record that stewards were notified of questions."""
    session.execute(sa.update(table).where(table.c.id.in_(ids)).values(told_at=now))


def _question(row: sa.Row[Any]) -> Question:
    values = {name: row._mapping[name] for name in Question.__dataclass_fields__}
    return Question(**{**values, "id": str(row.id), "event_id": row.event_id and str(row.event_id)})
