"""Events read page by page, always by key: the time of a page does not depend on how long the history is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ...governance.model.tables import MAX_BIGINT

_COLUMNS = "seq, event_id, subject_id, subject_type, action, at, public, body"
# Where an event is in the log, and the newest checkpoint: what it covers can be proven.
_LOGGED = """
l.index, CASE WHEN l.index < c.size THEN c.size END AS checkpoint
"""
_LOG = """
LEFT JOIN opensmartcity_leaf l ON l.event_seq = seq
CROSS JOIN (SELECT coalesce(max(size), 0) AS size FROM opensmartcity_checkpoint) AS c
"""
# A dataset's own events, and those of each organisation while it owned the dataset. Pairs are compared, because with
# `subject_id = :id` PostgreSQL may think it clever to walk through everybody's events by number. The ids stand in a
# list, because of an id that it knows to lie beyond nearly all others it expects few events, and would read them all.
HISTORY = f"""
SELECT e.*, {_LOGGED}
FROM unnest(CAST(:subjects AS text[]), CAST(:since AS bigint[]), CAST(:until AS bigint[])) AS o(id, since, until)
CROSS JOIN LATERAL (
  SELECT {_COLUMNS} FROM opensmartcity_event
  WHERE (subject_id, seq) > (o.id, o.since) AND (subject_id, seq) < (o.id, least(o.until, :before))
  ORDER BY subject_id DESC, seq DESC LIMIT :limit) e
{_LOG} ORDER BY seq DESC LIMIT :limit
"""  # noqa: S608  (a constant)
_FIRST_PUBLIC = sa.text("""
SELECT seq FROM opensmartcity_event WHERE (subject_id, seq) > (:id, 0) AND subject_id = :id AND public
ORDER BY subject_id, seq LIMIT 1
""")
VISIBLE = """
(:all OR (s.labels && CAST(:labels AS text[]) AND (e.public OR :shown OR s.inner_labels && CAST(:labels AS text[]))))
"""
_PORTAL = (
    "SELECT "  # noqa: S608  (constants)
    + ", ".join(f"e.{name}" for name in _COLUMNS.split(", "))
    + f", s.name, s.title, {_LOGGED} FROM opensmartcity_event e JOIN opensmartcity_state s USING (subject_id) {_LOG}"
    + f" WHERE {VISIBLE} AND "
)
_BETWEEN = "e.seq > :after AND e.seq < :before ORDER BY e.seq"
NEWEST = f"{_PORTAL} {_BETWEEN} DESC LIMIT :limit"
OLDEST = f"{_PORTAL} {_BETWEEN} LIMIT :limit"
_ONE = f"{_PORTAL} e.event_id = CAST(:id AS uuid)"
_WRITING = sa.text("""
SELECT EXISTS (SELECT 1 FROM pg_locks WHERE relation = 'opensmartcity_event'::regclass AND mode = 'RowExclusiveLock'
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid())
""")
_PATIENCE, _PAUSE = 2.0, 0.02


@dataclass(frozen=True)
class Row:
    """One event as stored, its place in the log, and the size of the newest checkpoint if that covers it.

    Of the whole portal's events also what the subject is called.
    """

    seq: int
    event_id: str
    subject_id: str
    subject_type: str
    action: str
    at: datetime
    public: bool
    body: str
    name: str | None = None
    title: str | None = None
    index: int | None = None
    checkpoint: int | None = None


@dataclass(frozen=True)
class Viewer:
    """What a user may see: permission labels, everything, and whether what was said in private is shown to all."""

    labels: Sequence[str]
    all: bool
    shown: bool


@dataclass(frozen=True)
class Ownership:
    """An organisation that owned a dataset, from one event of the ledger to another."""

    organization: str
    since: int
    until: int


def ownerships(session: Session, subject_id: str, owners: Sequence[Sequence[Any]], inner: bool) -> list[Ownership]:
    """Return who owned a subject when.

    Who may not see what was said in private may not learn either who owned it before it was first public.
    """
    ends = [since for _, since in owners[1:]] + [MAX_BIGINT]
    first = 0 if inner or not owners else session.scalar(_FIRST_PUBLIC, {"id": subject_id})
    if first is None:
        return []
    periods = zip(owners, ends, strict=False)
    return [Ownership(owner, max(since, first), until) for (owner, since), until in periods if owner]


def history(session: Session, subject_id: str, owners: Sequence[Ownership], before: int, limit: int) -> list[Row]:
    """Return the newest events of a subject before one, with the renames of whoever owned it meanwhile."""
    columns = {
        "subjects": [subject_id, *(period.organization for period in owners)],
        "since": [0, *(period.since for period in owners)],
        "until": [MAX_BIGINT, *(period.until for period in owners)],
    }
    return _rows(session, HISTORY, {"before": before, "limit": limit, **columns})


def newest(session: Session, viewer: Viewer, before: int, limit: int) -> list[Row]:
    """Return the newest events of the whole portal that somebody may see, before one."""
    return _rows(session, NEWEST, {"after": 0, "before": before, "limit": limit, **vars(viewer)})


def following(session: Session, viewer: Viewer, after: int, limit: int) -> list[Row]:
    """Return the events after one, oldest first; none of them can be followed by one of a lower number.

    Numbers are drawn before transactions commit. So while an event is being written, whoever follows the portal waits.
    """
    newest_seq = session.scalar(sa.text("SELECT coalesce(max(seq), 0) FROM opensmartcity_event"))
    if not _settled(session):
        return []
    return _rows(session, OLDEST, {"after": after, "before": newest_seq + 1, "limit": limit, **vars(viewer)})


def _settled(session: Session) -> bool:
    end = time.monotonic() + _PATIENCE
    while session.scalar(_WRITING):
        if time.monotonic() > end:
            return False
        time.sleep(_PAUSE)
    return True


def _rows(session: Session, query: str, values: dict[str, Any]) -> list[Row]:
    rows = session.execute(sa.text(query), values)
    return [Row(**{**row._mapping, "event_id": str(row.event_id)}) for row in rows]


def one(session: Session, viewer: Viewer, event_id: str) -> Row | None:
    """Return one event, if somebody may see it."""
    found = _rows(session, _ONE, {"id": event_id, **vars(viewer)})
    return found[0] if found else None


def seq_of(session: Session, event_id: str) -> int | None:
    """Return the number of an event."""
    query = sa.text("SELECT seq FROM opensmartcity_event WHERE event_id = CAST(:id AS uuid)")
    found = session.scalar(query, {"id": event_id})
    return None if found is None else int(found)


def seq_before(session: Session, moment: datetime) -> int:
    """Return the number after which all events of a moment and later are."""
    query = sa.text("SELECT min(seq) FROM opensmartcity_event WHERE at >= :at")
    found = session.scalar(query, {"at": moment})
    return MAX_BIGINT - 1 if found is None else int(found) - 1
