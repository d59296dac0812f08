"""Queries of the audit trail with keyset pagination: the cost of a page does not depend on the length of the history.

Visibility is filtered in SQL by CKAN's permission labels.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ...governance.model import MAX_BIGINT

_COLUMNS = "seq, event_id, subject_id, subject_type, action, at, public, body"
# Index of an event in the log, and the size of the newest checkpoint if it covers the event.
_LOGGED = """
l.index, l.hash AS leaf, CASE WHEN l.index < c.size THEN c.size END AS checkpoint
"""
_LOG = """
LEFT JOIN opensmartcity_leaf l ON l.event_seq = seq
CROSS JOIN (SELECT coalesce(max(size), 0) AS size FROM opensmartcity_checkpoint) AS c
"""
# A purge withholds the values of the events before it. Purge events of earlier versions repeat them.
WITHHELD = """
(EXISTS (SELECT 1 FROM opensmartcity_event p
  WHERE p.subject_id = e.subject_id AND p.seq > e.seq AND p.action = 'purge')
  OR e.action = 'purge' AND e.body ~ '"before":[^n]')
"""
# Events of a dataset, and of each organisation while it owned the dataset. Row comparison instead of `subject_id = :id`
# keeps PostgreSQL from scanning all events by `seq`. The ids are passed as an array, because for a literal id at the
# end of its histogram PostgreSQL expects few events and would read them all.
HISTORY = f"""
SELECT e.*, {_LOGGED}, {WITHHELD} AS withheld
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
VISIBLE = f"""
(:all OR (s.labels && CAST(:labels AS text[]) AND NOT {WITHHELD}
  AND (e.public OR :shown OR s.inner_labels && CAST(:labels AS text[]))))
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
_OF_SUBJECT = f"""
SELECT {_COLUMNS}, l.index, l.hash AS leaf FROM opensmartcity_event LEFT JOIN opensmartcity_leaf l ON l.event_seq = seq
WHERE (subject_id, seq) > (:id, :after) AND subject_id = :id ORDER BY subject_id, seq
"""  # noqa: S608  (a constant)
_SUBJECT_OF = sa.text("SELECT subject_id FROM opensmartcity_event WHERE event_id = CAST(:id AS uuid)")
_REDACTIONS = sa.text("""
SELECT body FROM opensmartcity_event WHERE subject_id = ANY(:ids) AND action = 'redact' ORDER BY seq
""")
_WRITING = sa.text("""
SELECT EXISTS (SELECT 1 FROM pg_locks WHERE relation = 'opensmartcity_event'::regclass AND mode = 'RowExclusiveLock'
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid())
""")
_PATIENCE, _PAUSE = 2.0, 0.02


@dataclass(frozen=True)
class Row:
    """Stored event, its index in the log, and the size of the newest checkpoint if that covers it.

    `name` and `title` of the subject are set by the queries of the whole portal only. `withheld` is set by `history`:
    whether a purge withholds the values, except from sysadmins.
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
    withheld: bool = False
    # Hash in the log, None for a waiting event. That of a redacted event cannot be computed any more.
    leaf: bytes | None = None


@dataclass(frozen=True)
class Viewer:
    """Permissions of a user: labels, `all` for everything, `shown` if private events are shown to everybody."""

    labels: Sequence[str]
    all: bool
    shown: bool


@dataclass(frozen=True)
class Ownership:
    """Period in which an organisation owned a dataset, between two sequence numbers."""

    organization: str
    since: int
    until: int


def ownerships(session: Session, subject_id: str, owners: Sequence[Sequence[Any]], inner: bool) -> list[Ownership]:
    """Return the owners of a subject with their periods.

    Without access to private events (`inner`), the owners before the first public event are left out.
    """
    ends = [since for _, since in owners[1:]] + [MAX_BIGINT]
    first = 0 if inner or not owners else session.scalar(_FIRST_PUBLIC, {"id": subject_id})
    if first is None:
        return []
    periods = zip(owners, ends, strict=False)
    return [Ownership(owner, max(since, first), until) for (owner, since), until in periods if owner]


def history(session: Session, subject_id: str, owners: Sequence[Ownership], before: int, limit: int) -> list[Row]:
    """Return the newest events of a subject below `before`, with the renames of its owners in their periods."""
    columns = {
        "subjects": [subject_id, *(period.organization for period in owners)],
        "since": [0, *(period.since for period in owners)],
        "until": [MAX_BIGINT, *(period.until for period in owners)],
    }
    return _rows(session, HISTORY, {"before": before, "limit": limit, **columns})


def of_subject_after(session: Session, subject_id: str, after: int) -> list[Row]:
    """Return the events of a subject after a sequence number, oldest first."""
    return _rows(session, _OF_SUBJECT, {"id": subject_id, "after": after})


def subject_of(session: Session, event_id: str) -> str | None:
    """Return the id of the subject of an event, None if there is no such event."""
    subject_id = session.scalar(_SUBJECT_OF, {"id": event_id})
    return None if subject_id is None else str(subject_id)


def redactions(session: Session, subject_ids: Sequence[str]) -> list[str]:
    """Return the bodies of the events that record redactions of events of these subjects, oldest first."""
    return list(session.scalars(_REDACTIONS, {"ids": list(subject_ids)}))


def newest(session: Session, viewer: Viewer, before: int, limit: int) -> list[Row]:
    """Return the newest visible events of the whole portal with a sequence number below `before`."""
    return _rows(session, NEWEST, {"after": 0, "before": before, "limit": limit, **vars(viewer)})


def following(session: Session, viewer: Viewer, after: int, limit: int) -> list[Row]:
    """Return the events after `after`, oldest first, such that no event with a lower number can appear later.

    Sequence numbers are drawn before transactions commit, so wait for running writers; return nothing on a timeout.
    """
    newest_seq = session.scalar(sa.text("SELECT coalesce(max(seq), 0) FROM opensmartcity_event"))
    deadline = time.monotonic() + _PATIENCE
    while session.scalar(_WRITING):
        if time.monotonic() > deadline:
            return []
        time.sleep(_PAUSE)
    return _rows(session, OLDEST, {"after": after, "before": newest_seq + 1, "limit": limit, **vars(viewer)})


def _rows(session: Session, query: str, values: dict[str, Any]) -> list[Row]:
    rows = session.execute(sa.text(query), values)
    return [Row(**{**row._mapping, "event_id": str(row.event_id)}) for row in rows]


def one(session: Session, viewer: Viewer, event_id: str) -> Row | None:
    """Return one event, None if it does not exist or the viewer may not see it."""
    rows = _rows(session, _ONE, {"id": event_id, **vars(viewer)})
    return rows[0] if rows else None


def seq_of(session: Session, event_id: str) -> int | None:
    """Return the sequence number of an event, None if it does not exist."""
    query = sa.text("SELECT seq FROM opensmartcity_event WHERE event_id = CAST(:id AS uuid)")
    seq = session.scalar(query, {"id": event_id})
    return None if seq is None else int(seq)


def seq_before(session: Session, moment: datetime) -> int:
    """Return the sequence number before the first event at or after a time."""
    query = sa.text("SELECT min(seq) FROM opensmartcity_event WHERE at >= :at")
    first = session.scalar(query, {"at": moment})
    return MAX_BIGINT - 1 if first is None else int(first) - 1
