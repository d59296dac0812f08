"""Table of links of public datasets with their check results; one row per URL, however many resources contain it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.orm import Session

from ..governance.model import metadata

_PUBLIC = """
FROM resource r JOIN package p ON p.id = r.package_id
WHERE r.state = 'active' AND p.state = 'active' AND NOT p.private
"""
_ID = "sha256(convert_to(r.url, 'UTF8'))"
# Uploaded files are on the portal itself; other URL schemes cannot be checked.
_CHECKABLE = "AND coalesce(r.url_type, '') = '' AND r.url ~* '^https?://' AND length(r.url) <= 8192"
_HOST = "lower(coalesce(substring(r.url from '^[^:]+://(?:[^/?#]*@)?(\\[[^]]*\\]|[^/:?#]*)'), ''))"
_COLLECT = sa.text(f"""
WITH wanted AS MATERIALIZED (SELECT DISTINCT {_ID} AS id, r.url, rtrim({_HOST}, '.') AS host {_PUBLIC} {_CHECKABLE}),
gone AS (DELETE FROM opensmartcity_link l WHERE NOT EXISTS (SELECT FROM wanted w WHERE w.id = l.id))
INSERT INTO opensmartcity_link (id, url, host, due_at) SELECT id, url, host, :now FROM wanted ON CONFLICT DO NOTHING
""")  # noqa: S608  (constants)
# Fair queue: a few links per host and round, so that a host with many links does not delay the others.
_CLAIM = sa.text("""
WITH due AS (
  SELECT id, row_number() OVER (PARTITION BY host ORDER BY due_at, id) AS turn FROM opensmartcity_link
  WHERE due_at <= :now AND host <> ALL(CAST(:left_out AS text[]))
), chosen AS (SELECT id FROM due WHERE turn <= :turns ORDER BY turn, id LIMIT :limit)
UPDATE opensmartcity_link l SET due_at = :until FROM chosen WHERE l.id = chosen.id
RETURNING l.id, l.url, l.host, l.etag, l.modified, l.failures
""")
_STORE = sa.text("""
UPDATE opensmartcity_link SET
  state = :state, problem = :problem, status = :status, checked_at = :now, etag = :etag, modified = :modified,
  reached_at = CASE WHEN :state = 'reached' THEN :now ELSE reached_at END,
  failing_since = CASE WHEN :state = 'failed' THEN coalesce(failing_since, :now) END,
  failures = CASE WHEN :state = 'failed' THEN failures + 1 ELSE 0 END, due_at = :due
WHERE id = :id
""")
_POSTPONE = sa.text("UPDATE opensmartcity_link SET due_at = :due WHERE id = :id")
_NAMED = f"EXISTS (SELECT {_PUBLIC} AND r.url = l.url)"
_COUNT = sa.text(f"""
SELECT state, count(*) FROM opensmartcity_link l WHERE state IN ('reached', 'failed') AND {_NAMED} GROUP BY state
""")  # noqa: S608  (constants)
_LIST = sa.text(f"""
SELECT l.*, n.names FROM (
  SELECT * FROM opensmartcity_link l WHERE state = :state AND (host, id) > (:host, :id) AND {_NAMED}
  ORDER BY host, id LIMIT :limit
) l CROSS JOIN LATERAL (
  SELECT jsonb_agg(d) AS names FROM (
    SELECT DISTINCT p.name, p.type, coalesce(nullif(p.title, ''), p.name) AS title
    {_PUBLIC} AND r.url = l.url ORDER BY p.name LIMIT 5) d
) n ORDER BY l.host, l.id
""")  # noqa: S608  (constants)
_OF = sa.text("""
SELECT r.id AS resource, r.name, r.url, l.state, l.problem, l.status, l.checked_at, l.reached_at, l.failing_since
FROM resource r LEFT JOIN opensmartcity_link l ON l.id = sha256(convert_to(r.url, 'UTF8'))
WHERE r.package_id = :id AND r.state = 'active' ORDER BY r.position, r.id
""")
# Without a row nothing was ever collected: are there links at all?
_RUNS = sa.text(f"""
SELECT max(checked_at), count(*) FILTER (WHERE due_at < :late), count(*) FILTER (WHERE state = 'failed'),
  count(*) = 0 AND EXISTS (SELECT {_PUBLIC} {_CHECKABLE})
FROM opensmartcity_link
""")  # noqa: S608  (constants)
_DUE = sa.text("SELECT count(*) FROM opensmartcity_link WHERE due_at <= :now")
# Key of the advisory lock: arbitrary, but unique in this database.
_LOCK = 0x0511_4C4B


@dataclass(frozen=True)
class Claimed:
    """Link that this run has claimed for checking."""

    id: bytes
    url: str
    host: str
    etag: str | None
    modified: str | None
    failures: int


@contextmanager
def one_run() -> Iterator[bool]:
    """Take an advisory lock for the duration of a run; yield whether it was free."""
    # Without a transaction, which would stay open as long as the run.
    with model.meta.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        alone = bool(connection.scalar(sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK}))
        try:
            yield alone
        finally:
            if alone:
                connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})


def collect(session: Session, now: datetime) -> None:
    """Insert the links that public datasets have now, and delete all others."""
    session.execute(_COLLECT, {"now": now})


@dataclass(frozen=True)
class Share:
    """Limits of one claim: links in all, links per host, and hosts to leave out."""

    limit: int
    turns: int
    left_out: Collection[str] = ()


def claim(session: Session, now: datetime, until: datetime, share: Share) -> list[Claimed]:
    """Claim due links, a few per host, until the lease ends; links of a run that dies are then due again."""
    values = {"now": now, "until": until, "limit": share.limit, "turns": share.turns, "left_out": list(share.left_out)}
    return [Claimed(**row._mapping) for row in session.execute(_CLAIM, values)]


def store(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store the results of checks."""
    if rows:
        session.execute(_STORE, list(rows))


def postpone(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Set another due time."""
    if rows:
        session.execute(_POSTPONE, list(rows))


def due(session: Session, now: datetime) -> int:
    """Return the number of due links."""
    return int(session.scalar(_DUE, {"now": now}) or 0)


@dataclass(frozen=True)
class Runs:
    """Time of the last check, number of overdue and of failed links, and whether links wait for their first run."""

    last: datetime | None
    overdue: int
    failed: int
    never: bool


def runs(session: Session, late: datetime) -> Runs:
    """Return what is known of the runs; links that were due before `late` are overdue."""
    return Runs(*session.execute(_RUNS, {"late": late}).one())


def of(session: Session, dataset_id: str) -> list[dict[str, Any]]:
    """Return the resources of a dataset in their order, with the check results of their links."""
    return [dict(row._mapping) for row in session.execute(_OF, {"id": dataset_id})]


def counts(session: Session) -> dict[str, int]:
    """Return the number of checked links of public datasets by state."""
    return {row[0]: row[1] for row in session.execute(_COUNT)}


def listed(session: Session, state: str, after: tuple[str, bytes], limit: int) -> list[dict[str, Any]]:
    """Return links of public datasets in a state after `after` (host, id), each with up to five datasets."""
    rows = session.execute(_LIST, {"state": state, "host": after[0], "id": after[1], "limit": limit})
    return [dict(row._mapping) for row in rows]


link = sa.Table(
    "opensmartcity_link",
    metadata,
    sa.Column("id", sa.LargeBinary, primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("state", sa.Text),
    sa.Column("problem", sa.Text),
    sa.Column("status", sa.Integer),
    sa.Column("checked_at", sa.DateTime(timezone=True)),
    sa.Column("reached_at", sa.DateTime(timezone=True)),
    sa.Column("failing_since", sa.DateTime(timezone=True)),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("etag", sa.Text),
    sa.Column("modified", sa.Text),
    sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
    sa.Index("opensmartcity_link_due", "due_at", "host"),
    sa.Index("opensmartcity_link_state", "state", "host", "id"),
)
