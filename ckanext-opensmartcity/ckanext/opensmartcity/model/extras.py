"""The extras of records as they are stored, for commands that walk over a whole portal."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import sqlalchemy as sa
from ckan import model

_PAGE = 200


def records_with_extras(types: Collection[str]) -> Iterator[dict[str, Any]]:
    """Yield id, type and extras of each record of the types that has extras, in the order of ids.

    The rows come page by page, so that a change may be saved while they are walked over.
    """
    package, last = model.Package.__table__, ""
    columns = (package.c.id, package.c.name, package.c.type, package.c.extras)
    while rows := model.Session.execute(
        sa.select(*columns)
        .where(package.c.id > last, package.c.type.in_(types), package.c.state != "deleted", package.c.extras != {})
        .order_by(package.c.id)
        .limit(_PAGE)
    ).all():
        yield from (dict(row._mapping) for row in rows)
        last = rows[-1].id
