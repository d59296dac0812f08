"""Which records of the portal came from a register, as they were there."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from ckan import model


def carried_sources(record_type: str, key: str) -> Iterator[tuple[str, str]]:
    """Yield id and carried source of each record that has one, a few rows in memory at a time."""
    package = model.Package.__table__
    source = package.c.extras[key].astext
    query = sa.select(package.c.id, source).where(
        package.c.type == record_type, package.c.state != "deleted", source.is_not(None)
    )
    for row in model.Session.execute(query.execution_options(yield_per=200)):
        yield row[0], row[1]
