"""MetaData of the extension's tables, and a check whether they exist."""

from __future__ import annotations

import sqlalchemy as sa
from ckan import model
from sqlalchemy.exc import SQLAlchemyError

MAX_BIGINT = 2**63 - 1

metadata = sa.MetaData()


def has_tables() -> bool:
    """Tell whether the database has all tables of the extension."""
    names = list(metadata.tables)
    query = sa.text("SELECT count(to_regclass(name)) FROM unnest(CAST(:names AS text[])) AS name")
    with model.meta.engine.connect() as connection:
        return bool(connection.scalar(query, {"names": names}) == len(names))


def ready() -> bool:
    """Tell whether the tables exist. A positive result is cached for the life of the process."""
    _Cache.has_tables = _Cache.has_tables or has_tables()
    return _Cache.has_tables


class _Cache:
    has_tables = False


def lacks_tables() -> bool:
    """Tell whether the database can be reached but has no tables of the extension."""
    try:
        return not has_tables()
    except SQLAlchemyError:
        return False


def reason(error: SQLAlchemyError) -> str:
    """Return the first line of a database error, without the statement and its parameters."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
