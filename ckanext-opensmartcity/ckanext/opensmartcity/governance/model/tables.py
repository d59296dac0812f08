"""Events read page by page, always by key: the time of a page does not depend on how long the history is."""
# MERGED The tables of the product as SQLAlchemy sees them; the migrations make them.
# MERGED Whether the tables are there: an administrator may have enabled the plugin and not yet run `ckan db upgrade`.
# MERGED Questions of residents: one statement to write each step, one to read a page of them.

from __future__ import annotations

import sqlalchemy as sa
from ckan import model
from sqlalchemy.exc import SQLAlchemyError

MAX_BIGINT = 2**63 - 1

metadata = sa.MetaData()


def has_tables() -> bool:
    """Tell whether the database has all tables of the ledger."""
    names = list(metadata.tables)
    query = sa.text("SELECT count(to_regclass(name)) FROM unnest(CAST(:names AS text[])) AS name")
    with model.meta.engine.connect() as connection:
        return bool(connection.scalar(query, {"names": names}) == len(names))


def ready() -> bool:
    """Tell whether the tables may be read; once they are there, they stay."""
    _Found.tables = _Found.tables or has_tables()
    return _Found.tables


class _Found:
    tables = False


def lacks_tables() -> bool:
    """Tell whether a database that answers and is CKAN's own lacks the tables."""
    try:
        return not has_tables()
    except SQLAlchemyError:
        return False


def reason(error: SQLAlchemyError) -> str:
    """Return what a database says in its first line, without the statement and what was in it."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
