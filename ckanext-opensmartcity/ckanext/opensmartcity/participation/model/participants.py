"""Authors of questions and stories: personal data, kept apart from the published texts and erased on request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.orm import Session

from . import asker as table

_CONTRIBUTIONS = sa.text("""
SELECT 'question' AS kind, q.id, p.name AS dataset, q.asked_at AS at, q.state, NULL AS title, q.text, NULL AS link,
  q.answer, q.answered_at, q.hidden_reason, a.email, a.language
FROM opensmartcity_asker a JOIN opensmartcity_question q ON q.id = a.question_id JOIN package p ON p.id = q.package_id
WHERE a.marks @> ARRAY[CAST(:identifier AS bytea)]
UNION ALL
SELECT 'story', t.id, p.name, t.told_at, t.state, t.title, t.text, t.link, NULL, NULL, t.hidden_reason, a.email,
  a.language
FROM opensmartcity_asker a JOIN opensmartcity_story t ON t.id = a.story_id JOIN package p ON p.id = t.package_id
WHERE a.marks @> ARRAY[CAST(:identifier AS bytea)]
ORDER BY at
""")
_ERASE = """
DELETE FROM opensmartcity_{kind} WHERE id IN (
  SELECT {kind}_id FROM opensmartcity_asker WHERE marks @> ARRAY[CAST(:identifier AS bytea)]) RETURNING package_id
"""
# Addresses expire even if their mail could not be delivered, and even if nobody ever answers.
_EXPIRE_ADDRESSES = sa.text("""
UPDATE opensmartcity_asker a SET email = NULL FROM opensmartcity_question q
WHERE q.id = a.question_id AND a.email IS NOT NULL
  AND (greatest(q.answered_at, q.hidden_at) < :settled_before OR q.asked_at < :asked_before) RETURNING a.id
""")
_COUNT_EXPIRED = sa.text("""
SELECT (SELECT count(*) FROM opensmartcity_asker a JOIN opensmartcity_question q ON q.id = a.question_id
    WHERE a.email IS NOT NULL AND (greatest(q.answered_at, q.hidden_at) < :settled OR q.asked_at < :asked))
  + (SELECT count(*) FROM opensmartcity_question
    WHERE coalesce(greatest(answered_at, hidden_at), asked_at) < CAST(:questions AS timestamptz))
  + (SELECT count(*) FROM opensmartcity_story WHERE coalesce(decided_at, told_at) < CAST(:stories AS timestamptz))
""")
_EXPIRE = {
    "question": sa.text("""
DELETE FROM opensmartcity_question WHERE coalesce(greatest(answered_at, hidden_at), asked_at) < :before RETURNING id
"""),
    "story": sa.text("DELETE FROM opensmartcity_story WHERE coalesce(decided_at, told_at) < :before RETURNING id"),
}


def add(session: Session, values: Mapping[str, Any]) -> None:
    """Store the author of a question or story."""
    session.execute(sa.insert(table).values(**values))


def contributions(session: Session, identifier: bytes) -> list[dict[str, Any]]:
    """Return everything that one person wrote, oldest first."""
    return [{**row._mapping, "id": str(row.id)} for row in session.execute(_CONTRIBUTIONS, {"identifier": identifier})]


def erase(session: Session, identifier: bytes) -> int:
    """Delete everything that one person wrote, with the answers; return the number of items."""
    deleted = (
        session.execute(sa.text(_ERASE.format(kind=kind)), {"identifier": identifier}) for kind in ("question", "story")
    )
    return sum(len(rows.all()) for rows in deleted)


def reply_address(session: Session, question_id: str) -> tuple[str, str] | None:
    """Return and lock the e-mail address and language for the answer; None without an address, or if it is locked."""
    query = sa.select(table.c.email, table.c.language).where(table.c.question_id == question_id)
    row = session.execute(query.where(table.c.email.is_not(None)).with_for_update(skip_locked=True)).one_or_none()
    return (row.email, row.language) if row else None


def delete_address(session: Session, question_id: str) -> None:
    """Delete the e-mail address given with a question."""
    session.execute(sa.update(table).where(table.c.question_id == question_id).values(email=None))


def expire_addresses(session: Session, settled_before: datetime, asked_before: datetime) -> int:
    """Delete the addresses of questions that were settled or asked before a time; return how many."""
    values = {"settled_before": settled_before, "asked_before": asked_before}
    return len(session.execute(_EXPIRE_ADDRESSES, values).all())


def expire(session: Session, kind: str, before: datetime) -> int:
    """Delete questions or stories (`kind`) that were settled before a time, with their authors; return how many."""
    return len(session.execute(_EXPIRE[kind], {"before": before}).all())


@dataclass(frozen=True)
class Deadlines:
    """Times before which something has expired: addresses by the time of the settlement or question; None: kept."""

    settled: datetime
    asked: datetime
    questions: datetime | None
    stories: datetime | None


def count_expired(session: Session, deadlines: Deadlines) -> int:
    """Return the number of addresses, questions and stories that have expired and are still there."""
    return int(session.scalar(_COUNT_EXPIRED, vars(deadlines)) or 0)


_GLANCE = sa.text("""
(SELECT 'question' AS kind, id, seq, asked_at AS at, NULL AS title, text, answer, answered_at, NULL AS link, state
  FROM opensmartcity_question WHERE package_id = :id AND state IN ('open', 'answered') ORDER BY seq DESC LIMIT :limit)
UNION ALL
(SELECT kind, id, seq, told_at, title, text, NULL, NULL, link, state
  FROM opensmartcity_story WHERE package_id = :id AND state = 'shown' ORDER BY seq DESC LIMIT :limit)
""")
_ANSWERED = """
SELECT q.id, q.text, q.answer, q.answered_at, p.name AS dataset, coalesce(nullif(p.title, ''), p.name) AS dataset_title,
  p.type AS dataset_type, coalesce(nullif(o.title, ''), o.name) AS organization_title
FROM opensmartcity_question q JOIN package p ON p.id = q.package_id LEFT JOIN "group" o ON o.id = q.organization_id
{where} ORDER BY q.answered_at DESC LIMIT :limit
"""
_OF_RECORD = sa.text(_ANSWERED.format(where="WHERE q.state = 'answered' AND q.package_id = :id"))
_PUBLIC = """
JOIN opensmartcity_state s ON s.subject_id = {alias}.package_id AND s.labels && CAST(:labels AS text[])
JOIN package r ON r.id = {alias}.package_id AND r.state = 'active'
"""
_OF_PORTAL = sa.text(_ANSWERED.format(where=_PUBLIC.format(alias="q") + "WHERE q.state = 'answered'"))
_COUNTED = sa.text(f"""
SELECT count(*) FILTER (WHERE q.state = 'answered') AS answered, count(*) AS questions,
  count(*) FILTER (WHERE q.answered_at IS NULL AND q.asked_at < :due) AS overdue,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM q.answered_at - q.asked_at) / 86400)
    FILTER (WHERE q.state = 'answered' AND q.answered_at > :since) AS days,
  (SELECT count(*) FROM opensmartcity_story t {_PUBLIC.format(alias="t")} WHERE t.state = 'shown') AS stories
FROM opensmartcity_question q {_PUBLIC.format(alias="q")} WHERE q.state IN ('open', 'answered')
""")  # noqa: S608  (constants)
_STEWARDS = sa.text("""
SELECT DISTINCT u.id FROM member m JOIN "user" u ON u.id = m.table_id
WHERE m.group_id = :id AND m.table_name = 'user' AND m.state = 'active' AND m.capacity IN ('admin', 'editor')
  AND u.state = 'active' AND coalesce(u.email, '') <> ''
""")


@dataclass(frozen=True)
class Counts:
    """Counts of questions and stories about public records; `days` is the median time to answer."""

    answered: int
    questions: int
    overdue: int
    days: float | None
    stories: int


def at_a_glance(session: Session, package_id: str, limit: int) -> list[dict[str, Any]]:
    """Return the newest shown questions and the newest shown stories of a record."""
    return [{**row._mapping, "id": str(row.id)} for row in session.execute(_GLANCE, {"id": package_id, "limit": limit})]


def answered_of_record(session: Session, package_id: str, limit: int) -> list[Any]:
    """Return the newest answers about a record."""
    return list(session.execute(_OF_RECORD, {"id": package_id, "limit": limit}))


def answered_of_portal(session: Session, labels: Sequence[str], limit: int) -> list[Any]:
    """Return the newest answers about records with one of some labels."""
    return list(session.execute(_OF_PORTAL, {"labels": list(labels), "limit": limit}))


def count(session: Session, labels: Sequence[str], due: datetime, since: datetime) -> Counts:
    """Count the questions and stories that are shown, as their lists do.

    Open questions asked before `due` are overdue; `days` covers answers after `since`.
    """
    row = session.execute(_COUNTED, {"labels": list(labels), "due": due, "since": since}).one()
    return Counts(*row)


def stewards(session: Session, organization_id: str) -> list[model.User]:
    """Return the active editors and administrators of an organisation who have an e-mail address."""
    ids = list(session.scalars(_STEWARDS, {"id": organization_id}))
    return list(session.query(model.User).filter(model.User.id.in_(ids))) if ids else []
