"""Table of the indicators of other cities: last successful fetch, and problem of the last attempt."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session

from ..governance.model import metadata


def read(session: Session, urls: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return the rows of some portals by URL."""
    rows = session.execute(sa.select(peer).where(peer.c.url.in_(urls))) if urls else ()
    return {row.url: dict(row._mapping) for row in rows}


def store_city(session: Session, url: str, kind: str, city: Mapping[str, Any], now: datetime) -> None:
    """Store the indicators of a portal (upsert) and clear its problem."""
    values = {"kind": kind, "city": dict(city), "fetched_at": now, "tried_at": now}
    _store(session, url, {**values, "problem": None, "detail": None, "failing_since": None})


def store_problem(session: Session, url: str, problem: str, detail: str, now: datetime) -> None:
    """Store the problem of a failed fetch; the last indicators are kept."""
    since = sa.func.coalesce(peer.c.failing_since, now)
    _store(session, url, {"problem": problem, "detail": detail, "tried_at": now, "failing_since": now}, since)


def _store(session: Session, url: str, values: Mapping[str, Any], since: Any = None) -> None:
    changed = {**values, **({} if since is None else {"failing_since": since})}
    statement = insert(peer).values(url=url, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["url"], set_=changed))


def forget_others(session: Session, urls: Collection[str]) -> None:
    """Delete portals that are no longer configured."""
    session.execute(sa.delete(peer).where(peer.c.url.not_in(urls)))


peer = sa.Table(
    "opensmartcity_peer",
    metadata,
    sa.Column("url", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text),
    sa.Column("city", JSONB),
    sa.Column("fetched_at", sa.DateTime(timezone=True)),
    sa.Column("problem", sa.Text),
    sa.Column("detail", sa.Text),
    sa.Column("failing_since", sa.DateTime(timezone=True)),
    sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
)
