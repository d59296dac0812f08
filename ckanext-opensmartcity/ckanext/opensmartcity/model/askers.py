"""The little that is known of who asked or told a story, apart from what everybody may read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from .tables import asker as table

_THEIRS = sa.text("""
SELECT 'question' AS kind, q.id, p.name AS dataset, q.asked_at AS at, q.state, NULL AS title, q.text, NULL AS link,
  q.answer, q.answered_at, q.hidden_reason, a.email, a.language
FROM opensmartcity_asker a JOIN opensmartcity_question q ON q.id = a.question_id JOIN package p ON p.id = q.package_id
WHERE a.marks @> ARRAY[CAST(:mark AS bytea)]
UNION ALL
SELECT 'story', t.id, p.name, t.told_at, t.state, t.title, t.text, t.link, NULL, NULL, t.hidden_reason, a.email,
  a.language
FROM opensmartcity_asker a JOIN opensmartcity_story t ON t.id = a.story_id JOIN package p ON p.id = t.package_id
WHERE a.marks @> ARRAY[CAST(:mark AS bytea)]
ORDER BY at
""")
_FORGET = """
DELETE FROM opensmartcity_{kind} WHERE id IN (
  SELECT {kind}_id FROM opensmartcity_asker WHERE marks @> ARRAY[CAST(:mark AS bytea)]) RETURNING package_id
"""
# A mail that could not be sent is no reason to keep an address for ever.
_EXPIRE = sa.text("""
UPDATE opensmartcity_asker a SET email = NULL FROM opensmartcity_question q
WHERE q.id = a.question_id AND a.email IS NOT NULL AND greatest(q.answered_at, q.hidden_at) < :before
""")


def add(session: Session, values: Mapping[str, Any]) -> None:
    """Store what is known of who asked."""
    session.execute(sa.insert(table).values(**values))


def theirs(session: Session, mark: bytes) -> list[dict[str, Any]]:
    """Return everything that one person has written here, oldest first."""
    return [{**row._mapping, "id": str(row.id)} for row in session.execute(_THEIRS, {"mark": mark})]


def forget(session: Session, mark: bytes) -> int:
    """Delete everything that one person has written here; return how much that was."""
    deleted = (session.execute(sa.text(_FORGET.format(kind=kind)), {"mark": mark}) for kind in ("question", "story"))
    return sum(len(rows.all()) for rows in deleted)


def address(session: Session, question_id: str) -> tuple[str, str] | None:
    """Return where an answer is to be sent, and in which language; None where nobody waits for it."""
    query = sa.select(table.c.email, table.c.language).where(table.c.question_id == question_id)
    row = session.execute(query.where(table.c.email.is_not(None)).with_for_update(skip_locked=True)).one_or_none()
    return (row.email, row.language) if row else None


def forget_address(session: Session, question_id: str) -> None:
    """Delete the address to which an answer was sent."""
    session.execute(sa.update(table).where(table.c.question_id == question_id).values(email=None))


def expire(session: Session, before: datetime) -> None:
    """Delete the addresses of questions that were settled before a time."""
    session.execute(_EXPIRE, {"before": before})
