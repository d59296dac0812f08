"""Queries of stories: full-text search, keyset pagination by `seq`, and updates with optimistic locking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from . import story as table

_ROWS = """
SELECT t.id, t.seq, t.package_id, t.state, t.kind, t.told_at, t.title, t.text, t.link, t.hidden_reason,
  p.name AS dataset, coalesce(nullif(p.title, ''), p.name) AS dataset_title, p.type AS dataset_type, p.owner_org
FROM opensmartcity_story t JOIN package p ON p.id = t.package_id
"""
_FOUND = """
(CAST(:q AS text) IS NULL OR to_tsvector('simple', t.title || ' ' || t.text) @@ websearch_to_tsquery('simple', :q))
AND (CAST(:kind AS text) IS NULL OR t.kind = :kind) AND t.seq < :before
ORDER BY t.seq DESC LIMIT :limit
"""
_OF_RECORD = sa.text(f"""
{_ROWS} WHERE t.package_id = :id AND (t.state = 'shown' OR :unrestricted AND t.state = 'waiting') AND {_FOUND}
""")
_OF_PORTAL = sa.text(f"""
{_ROWS} JOIN opensmartcity_state s ON s.subject_id = t.package_id AND s.labels && CAST(:labels AS text[])
WHERE t.state = 'shown' AND p.state = 'active' AND {_FOUND}
""")
_TO_DO = sa.text(f"""
{_ROWS} WHERE t.state = 'waiting' AND p.state <> 'deleted'
  AND (:all OR p.owner_org = ANY(CAST(:organizations AS text[]))) ORDER BY t.seq LIMIT :limit
""")
_ONE = sa.text(f"{_ROWS} WHERE t.id = CAST(:id AS uuid)")


@dataclass(frozen=True)
class Story:
    """A stored story, with name and title of its record."""

    id: str
    seq: int
    package_id: str
    state: str
    kind: str
    told_at: datetime
    title: str
    text: str
    link: str | None
    hidden_reason: str | None
    dataset: str
    dataset_title: str
    dataset_type: str
    owner_org: str | None


def add(session: Session, values: Mapping[str, Any]) -> None:
    """Store a story."""
    session.execute(sa.insert(table).values(**values))


def one(session: Session, story_id: str) -> Story | None:
    """Return a story by its id."""
    row = session.execute(_ONE, {"id": story_id}).one_or_none()
    return _story(row) if row else None


def of_record(session: Session, package_id: str, unrestricted: bool, wanted: Mapping[str, Any]) -> list[Story]:
    """Return the newest stories of a record; with `unrestricted` also those that wait for moderation."""
    return [
        _story(row) for row in session.execute(_OF_RECORD, {**wanted, "id": package_id, "unrestricted": unrestricted})
    ]


def of_portal(session: Session, labels: Sequence[str], wanted: Mapping[str, Any]) -> list[Story]:
    """Return the newest shown stories of the portal on records with one of some labels."""
    return [_story(row) for row in session.execute(_OF_PORTAL, {**wanted, "labels": list(labels)})]


def to_do(session: Session, organizations: Sequence[str] | None, limit: int) -> list[Story]:
    """Return stories to moderate of some organisations, or of all (None), oldest first."""
    values = {"all": organizations is None, "organizations": list(organizations or ()), "limit": limit}
    return [_story(row) for row in session.execute(_TO_DO, values)]


def change(session: Session, story_id: str, states: Sequence[str], values: Mapping[str, Any]) -> bool:
    """Update a story if it is in one of `states` (optimistic locking); return whether it was."""
    changed = sa.update(table).where(table.c.id == story_id, table.c.state.in_(states)).values(**values)
    return session.execute(changed.returning(table.c.id)).one_or_none() is not None


def unnotified(session: Session, organization_id: str) -> list[tuple[str, str, str, str]]:
    """Return id and record type, name and title of each waiting story without a notification."""
    query = sa.text("""
        SELECT t.id, p.type, p.name, coalesce(nullif(p.title, ''), p.name) FROM opensmartcity_story t
        JOIN package p ON p.id = t.package_id
        WHERE p.owner_org = :id AND t.stewards_told_at IS NULL AND t.state = 'waiting' AND p.state <> 'deleted'
        ORDER BY t.seq
    """)
    return [(str(row[0]), row[1], row[2], row[3]) for row in session.execute(query, {"id": organization_id})]


def mark_notified(session: Session, ids: Sequence[str], now: datetime) -> None:
    """Record that stewards were notified of stories."""
    session.execute(sa.update(table).where(table.c.id.in_(ids)).values(stewards_told_at=now))


def _story(row: sa.Row[Any]) -> Story:
    return Story(**{**row._mapping, "id": str(row.id)})
