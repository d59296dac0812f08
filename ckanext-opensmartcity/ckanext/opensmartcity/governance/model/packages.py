"""Queries of CKAN's packages and organisations as stored, one statement each.

- `records_with_extras`, `carried_sources`: rows of a whole portal, page by page, for migrations and imports.
- `former_names`: names that an algorithm record had before, kept in `plugin_data`, so that references still resolve.
- `dataset`, `find`, `datasets`, `organization`: values and permissions for the ledger, as this transaction sees them;
  the functions `committed_*` return what other transactions see.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.model import Package
from sqlalchemy import event, inspect
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from ...compat import PACKAGE_EXTRAS

_PAGE_SIZE = 200
_EXTRAS: sa.ColumnElement[Any] = sa.literal_column(PACKAGE_EXTRAS, JSONB)


def records_with_extras(types: Collection[str]) -> Iterator[dict[str, Any]]:
    """Yield id, name, type and extras of each record of the types that has extras, in the order of ids.

    Keyset pagination: each page is a query of its own, so that the caller may commit changes in between.
    """
    package, last = model.Package.__table__.alias("p"), ""
    columns = (package.c.id, package.c.name, package.c.type, _EXTRAS.label("extras"))
    while rows := model.Session.execute(
        sa.select(*columns)
        .where(package.c.id > last, package.c.type.in_(types), package.c.state != "deleted", _EXTRAS != {})
        .order_by(package.c.id)
        .limit(_PAGE_SIZE)
    ).all():
        yield from (dict(row._mapping) for row in rows)
        last = rows[-1].id


_PLUGIN_KEY = "opensmartcity"
_FORMER_NAMES = "former_names"
_ALGORITHM_TYPE = "algorithm"


def former_names(package: Package) -> list[str]:
    """Return the former names of a record, oldest first."""
    return list(((package.plugin_data or {}).get(_PLUGIN_KEY) or {}).get(_FORMER_NAMES) or ())


def former_names_of(package_id: str) -> list[str]:
    """Return the former names of a record by its id; without a query if the session has loaded the record."""
    package = Package.get(package_id)
    return former_names(package) if package else []


def remember_name(_mapper: Any, _connection: Any, package: Package) -> None:
    """Add the previous name of a renamed algorithm record to its former names (SQLAlchemy event `before_update`)."""
    previous = inspect(package).attrs.name.history.deleted
    if not previous or package.type != _ALGORITHM_TYPE:
        return
    names = [name for name in (*former_names(package), *previous) if name != package.name]
    data = dict(package.plugin_data or {})
    ours = {**(data.get(_PLUGIN_KEY) or {}), _FORMER_NAMES: list(dict.fromkeys(names))}
    package.plugin_data = data | {_PLUGIN_KEY: ours}


def watch() -> None:
    """Register the listener for renames; idempotent."""
    if not event.contains(Package, "before_update", remember_name):
        event.listen(Package, "before_update", remember_name)


def carried_sources(record_type: str, key: str, organization: str | None = None) -> Iterator[tuple[str, str]]:
    """Yield (id, value of the extra) of each record that carries its source in an extra, with a server-side cursor."""
    package = model.Package.__table__.alias("p")
    source = _EXTRAS[key].astext
    query = sa.select(package.c.id, source).where(
        package.c.type == record_type, package.c.state != "deleted", source.is_not(None)
    )
    if organization is not None:
        query = query.where(package.c.owner_org == organization)
    for row in model.Session.execute(query.execution_options(yield_per=200)):
        yield row[0], row[1]


# With the number of collaborators by capacity, and the organisation role and collaboration of one user.
_DATASET = f"""
SELECT p.id, p.type, p.name, p.title, p.private, p.state, p.owner_org, p.license_id, p.creator_user_id,
  {PACKAGE_EXTRAS} AS extras,
  o.name AS organization,
  (SELECT jsonb_object_agg(c.capacity, c.n) FROM (
    SELECT capacity, count(*) AS n FROM package_member WHERE package_id = p.id GROUP BY capacity) c) AS collaborators,
  (SELECT m.capacity FROM member m WHERE m.group_id = p.owner_org AND m.table_id = :user AND m.table_name = 'user'
    AND m.state = 'active' LIMIT 1) AS capacity,
  EXISTS (SELECT 1 FROM package_member WHERE package_id = p.id AND user_id = :user) AS collaborates
FROM package p LEFT JOIN "group" o ON o.id = p.owner_org
"""  # noqa: S608  (a constant)
_ONE = sa.text(_DATASET + "WHERE p.id = :id")
_FOUND = sa.text(_DATASET + "WHERE p.id = :id OR p.name = :id ORDER BY p.id = :id DESC LIMIT 1")
_SOME = sa.text(_DATASET + "WHERE p.id = ANY(:ids) ORDER BY p.id")
_WITHOUT_STATE = sa.text("""
SELECT p.id FROM package p LEFT JOIN opensmartcity_state s ON s.subject_id = p.id
WHERE p.id > :after AND p.type = ANY(:types) AND s.subject_id IS NULL ORDER BY p.id LIMIT :limit
""")
_COUNT_WITHOUT_STATE = sa.text("""
SELECT count(*) FROM package p LEFT JOIN opensmartcity_state s ON s.subject_id = p.id
WHERE p.type = ANY(:types) AND s.subject_id IS NULL
""")
_WITH_STATE = sa.text("""
SELECT p.id FROM package p JOIN opensmartcity_state s ON s.subject_id = p.id
WHERE p.id > :after ORDER BY p.id LIMIT :limit
""")


@dataclass(frozen=True)
class Stored:
    """Row of a dataset, with the relations that give one user a role."""

    id: str
    type: str
    name: str
    title: str
    private: bool
    state: str
    owner_org: str | None
    license_id: str | None
    creator_user_id: str | None
    extras: Mapping[str, Any]
    organization: str | None
    collaborators: Mapping[str, int] | None
    capacity: str | None
    collaborates: bool


def dataset(session: Session, dataset_id: str, user_id: str | None = None) -> Stored | None:
    """Return a dataset as this transaction sees it."""
    row = session.execute(_ONE, {"id": dataset_id, "user": user_id}).one_or_none()
    return _stored(row) if row else None


def find(session: Session, id_or_name: str) -> Stored | None:
    """Return a dataset by id or name."""
    row = session.execute(_FOUND, {"id": id_or_name, "user": None}).one_or_none()
    return _stored(row) if row else None


def datasets(session: Session, ids: Sequence[str]) -> Iterator[Stored]:
    """Yield datasets in the order of their ids."""
    yield from map(_stored, session.execute(_SOME, {"ids": list(ids), "user": None}))


def committed_dataset(dataset_id: str) -> Stored | None:
    """Return a dataset as last committed: its state before the changes of the current transaction."""
    with model.meta.engine.connect() as connection:
        row = connection.execute(_ONE, {"id": dataset_id, "user": None}).one_or_none()
    return _stored(row) if row else None


def _stored(row: sa.Row[Any]) -> Stored:
    values = dict(row._mapping)
    values.update(title=row.title or row.name, private=bool(row.private), extras=row.extras or {})
    return Stored(**values)


def ids_without_state(session: Session, types: Sequence[str], after: str, limit: int) -> list[str]:
    """Return the next ids after `after` of datasets that the ledger has no state of."""
    return list(session.scalars(_WITHOUT_STATE, {"types": list(types), "after": after, "limit": limit}))


def count_without_state(session: Session, types: Sequence[str]) -> int:
    """Return the number of datasets that the ledger has no state of."""
    return int(session.scalar(_COUNT_WITHOUT_STATE, {"types": list(types)}) or 0)


def ids_with_state(session: Session, after: str, limit: int) -> list[str]:
    """Return the next ids after `after` of existing datasets that the ledger has a state of."""
    return list(session.scalars(_WITH_STATE, {"after": after, "limit": limit}))


def organization(session: Session, organization_id: str) -> tuple[str, str] | None:
    """Return name and title of an organisation as this transaction sees them."""
    return _name_and_title(session.connection(), organization_id)


def committed_organization(organization_id: str) -> tuple[str, str] | None:
    """Return name and title of an organisation as last committed."""
    with model.meta.engine.connect() as connection:
        return _name_and_title(connection, organization_id)


def _name_and_title(connection: sa.Connection, organization_id: str) -> tuple[str, str] | None:
    query = sa.text('SELECT name, title FROM "group" WHERE id = :id')
    row = connection.execute(query, {"id": organization_id}).one_or_none()
    return (row.name, row.title or row.name) if row else None


def organization_titles(
    session: Session, ids: Sequence[str], names: Sequence[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the titles of organisations by id, and by name."""
    query = sa.text("""
        SELECT id, name, coalesce(nullif(title, ''), name) AS title FROM "group"
        WHERE id = ANY(:ids) OR name = ANY(:names)
    """)
    rows = session.execute(query, {"ids": list(ids), "names": list(names)}).all() if ids or names else []
    return {row.id: row.title for row in rows}, {row.name: row.title for row in rows}


def owned(session: Session, organization_id: str) -> list[str]:
    """Return the ids of the datasets of an organisation."""
    return list(session.scalars(sa.select(model.Package.id).where(model.Package.owner_org == organization_id)))


def collaborations(session: Session, user_id: str) -> list[str]:
    """Return the ids of datasets of which a user is a collaborator."""
    query = sa.select(model.PackageMember.package_id).where(model.PackageMember.user_id == user_id)
    return list(session.scalars(query))
