"""Streaming reads of the log in constant memory, for export and verification."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from .event_queries import VISIBLE, Viewer

_CHUNK = 1_000
_LINES = f"""
SELECT l."index", l.hash, e.body, coalesce({VISIBLE}, false) AS visible
FROM opensmartcity_leaf l JOIN opensmartcity_event e ON e.seq = l.event_seq
LEFT JOIN opensmartcity_state s USING (subject_id)
WHERE l."index" < :size
"""  # noqa: S608  (constants)
_WHOLE = sa.text(_LINES + ' ORDER BY l."index"')
_PART = sa.text(_LINES + ' AND l."index" > :after AND e.subject_id = :id ORDER BY l."index" LIMIT :limit')
_UNLOGGED = sa.text(
    f"""
SELECT e.body, l.hash FROM opensmartcity_event e JOIN opensmartcity_state s USING (subject_id)
LEFT JOIN opensmartcity_leaf l ON l.event_seq = e.seq
WHERE (e.subject_id = :id OR CAST(:id AS text) IS NULL AND e.action = 'redact')
  AND (l."index" IS NULL OR l."index" >= :size) AND {VISIBLE} ORDER BY e.seq
"""  # noqa: S608  (constants)
)
_ROWS = r"""
SELECT l."index", l.hash, e.seq, CAST(e.event_id AS text), e.subject_id, e.subject_type, e.action,
  to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24\:MI\:SS.US"Z"'), CAST(e.request AS text), e.public, e.body,
  a.user_id, a.salt, a.event_seq IS NOT NULL{more}
FROM opensmartcity_leaf l {join} JOIN opensmartcity_event e ON e.seq = l.event_seq
LEFT JOIN opensmartcity_actor a ON a.event_seq = e.seq
"""
# The event of the same subject that comes before, and its leaf hash.
_PREVIOUS = """
LEFT JOIN LATERAL (SELECT p.body, p.seq FROM opensmartcity_event p
  WHERE (p.subject_id, p.seq) < (e.subject_id, e.seq) AND p.subject_id = e.subject_id
  ORDER BY p.subject_id DESC, p.seq DESC LIMIT 1) AS previous ON true
LEFT JOIN opensmartcity_leaf previous_leaf ON previous_leaf.event_seq = previous.seq
"""
_LOGGED = sa.text(_ROWS.format(join="LEFT", more="") + ' ORDER BY l."index"')
_WAITING = sa.text(_ROWS.format(join="RIGHT", more="") + ' WHERE l."index" IS NULL ORDER BY e.seq')
_NEXT = sa.text(
    _ROWS.format(join="RIGHT", more=", previous.body, previous_leaf.hash")
    + _PREVIOUS
    + " WHERE e.seq > :after AND l.event_seq IS NULL ORDER BY e.seq LIMIT :limit"
)
_STATES = sa.text("SELECT * FROM opensmartcity_state ORDER BY subject_id")


@dataclass(frozen=True)
class Line:
    """Leaf of the log, the body of its event, and whether the viewer may see the event."""

    index: int
    hash: bytes
    body: str
    visible: bool


@dataclass(slots=True)
class StoredRow:
    """Leaf with the row of its event and its actor. `index` is None for a waiting event, `seq` for a deleted one.

    `has_actor` is whether there is an actor row. `previous` is the body of the event before, and
    `previous_leaf` its hash in the log, where they were asked for.
    """

    index: int | None
    hash: bytes | None
    seq: int | None
    event_id: str
    subject_id: str
    subject_type: str
    action: str
    at: str
    request: str
    public: bool
    body: str
    user_id: str | None
    salt: str | None
    has_actor: bool
    previous: str | None = None
    previous_leaf: bytes | None = None


def whole(session: Session, size: int, viewer: Viewer) -> Iterator[Line]:
    """Yield the leaves of the log up to a size."""
    return (_line(row) for row in _stream(session, _WHOLE, {"size": size, **vars(viewer)}))


def part(session: Session, subject_id: str, size: int, viewer: Viewer) -> Iterator[list[Line]]:
    """Yield the leaves of one subject up to a size of the log, in batches; the session may be closed in between."""
    params = {"id": subject_id, "size": size, "after": -1, "limit": _CHUNK, **vars(viewer)}
    while lines := list(map(_line, session.execute(_PART, params))):
        yield lines
        params["after"] = lines[-1].index


def unlogged(session: Session, subject_id: str | None, size: int, viewer: Viewer) -> list[tuple[str, bytes | None]]:
    """Return body and leaf hash of the events of one subject that are not in the log of this size.

    Without a subject, of the events that record redactions. Events that have no leaf yet have no hash.
    """
    rows = session.execute(_UNLOGGED, {"id": subject_id, "size": size, **vars(viewer)})
    return [(row.body, None if row.hash is None else bytes(row.hash)) for row in rows]


def logged(session: Session) -> Iterator[StoredRow]:
    """Yield every leaf with all stored columns of its event."""
    return (StoredRow(*row) for row in _stream(session, _LOGGED, {}))


def waiting(session: Session) -> Iterator[StoredRow]:
    """Yield every event that has no leaf yet."""
    return (StoredRow(*row) for row in _stream(session, _WAITING, {}))


def next_waiting(session: Session, after: int, limit: int) -> list[StoredRow]:
    """Return the next events after the sequence number `after` that have no leaf yet, with the event before each."""
    return [StoredRow(*row) for row in session.execute(_NEXT, {"after": after, "limit": limit})]


def states(session: Session) -> Iterator[Any]:
    """Yield the state of each subject."""
    return _stream(session, _STATES, {})


def begin_snapshot(session: Session) -> None:
    """Begin a REPEATABLE READ transaction, so that all reads that follow see one snapshot."""
    session.rollback()
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _line(row: Any) -> Line:
    return Line(row[0], bytes(row[1]), row[2], row[3])


def _stream(session: Session, query: sa.TextClause, values: dict[str, Any]) -> Iterator[Any]:
    yield from session.execute(query, values, execution_options={"yield_per": _CHUNK})
