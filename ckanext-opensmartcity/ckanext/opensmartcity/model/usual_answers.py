"""The answers that an organisation usually gives, one row for each kind of record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from .tables import usual_answers as table


def read(organization_id: str, record_type: str) -> dict[str, Any]:
    """Return the usual answers by field, nothing where none were stated."""
    row = (table.c.organization_id == organization_id) & (table.c.record_type == record_type)
    return dict(model.Session.execute(sa.select(table.c.answers).where(row)).scalar() or {})


def write(organization_id: str, record_type: str, answers: Mapping[str, Any]) -> None:
    """Put these answers in the place of all that were stated before."""
    row = {"organization_id": organization_id, "record_type": record_type, "answers": dict(answers)}
    statement = insert(table).values(row)
    model.Session.execute(
        statement.on_conflict_do_update(
            index_elements=["organization_id", "record_type"], set_={"answers": statement.excluded.answers}
        )
    )
