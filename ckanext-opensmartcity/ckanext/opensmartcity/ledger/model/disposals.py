"""Queries of disposals: datasets whose last day of keeping has passed, removed in time, removed late or overdue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

OUTCOMES = ("in_time", "late", "overdue")

_PAST = """
SELECT *, CASE WHEN disposed_on IS NULL THEN 'overdue' WHEN disposed_on <= due_on THEN 'in_time' ELSE 'late' END
  AS outcome
FROM opensmartcity_state
WHERE due_on < :today AND subject_type = 'dataset' AND labels && CAST(:labels AS text[])
"""
_COUNT = sa.text(f"SELECT outcome, count(*) FROM ({_PAST}) s GROUP BY outcome")  # noqa: S608  (a constant)
_LIST = sa.text(f"""
SELECT s.subject_id AS id, s.name, s.title, s.due_on, s.disposed_on, s.outcome,
  CASE WHEN s.gone_at IS NOT NULL THEN 'purged' WHEN s.disposed_on IS NOT NULL THEN 'deleted' ELSE 'active' END
  AS state,
  o.name AS organization, coalesce(nullif(o.title, ''), o.name) AS organization_title
FROM ({_PAST}) s LEFT JOIN "group" o ON o.id = s.owners -> -1 ->> 0
WHERE s.outcome = ANY(CAST(:outcomes AS text[])) AND (s.due_on, s.subject_id) < (CAST(:due_on AS date), :id)
ORDER BY s.due_on DESC, s.subject_id DESC LIMIT :limit
""")  # noqa: S608  (a constant)
_DELETED_AT = sa.text("SELECT max(at) FROM opensmartcity_event WHERE subject_id = :id AND action = 'delete'")


def counts(session: Session, labels: Sequence[str], today: date) -> dict[str, int]:
    """Return the number of datasets with each of the OUTCOMES, among those that these permission labels show."""
    found = {row[0]: row[1] for row in session.execute(_COUNT, {"labels": list(labels), "today": today})}
    return {outcome: found.get(outcome, 0) for outcome in OUTCOMES}


@dataclass(frozen=True)
class Selection:
    """Page of the list: `outcomes`, and the last day and id before which it begins, the latest last days first."""

    outcomes: Sequence[str]
    due_on: date
    id: str
    limit: int


def listed(session: Session, labels: Sequence[str], today: date, selection: Selection) -> list[dict[str, Any]]:
    """Return the datasets of a page of the list, among those that these permission labels show."""
    values = {**vars(selection), "outcomes": list(selection.outcomes)}
    rows = session.execute(_LIST, {"labels": list(labels), "today": today, **values})
    return [dict(row._mapping) for row in rows]


def deleted_at(session: Session, subject_id: str) -> datetime | None:
    """Return the time of the last deletion that the ledger has recorded for a subject."""
    at: datetime | None = session.scalar(_DELETED_AT, {"id": subject_id})
    return at
