"""The tables of the product as SQLAlchemy sees them; the migrations make them.

They have a catalogue of their own. In CKAN's catalogue, the tests of any extension would empty them row by row, which
the database refuses for events.
"""
# MERGED The answers that an organisation usually gives, one row for each kind of record.

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import JSONB, insert

from .tables import metadata

# Its rows go with their organisation: the migration ties them to CKAN's table, which this catalogue does not know.
usual_answers = sa.Table(
    "opensmartcity_usual_answers",
    metadata,
    sa.Column("organization_id", sa.UnicodeText, primary_key=True),
    sa.Column("record_type", sa.Text, primary_key=True),
    sa.Column("answers", JSONB, nullable=False),
)


def read(organization_id: str, record_type: str) -> dict[str, Any]:
    """Return the usual answers by field, nothing where none were stated."""
    row = (usual_answers.c.organization_id == organization_id) & (usual_answers.c.record_type == record_type)
    return dict(model.Session.execute(sa.select(usual_answers.c.answers).where(row)).scalar() or {})


def write(organization_id: str, record_type: str, answers: Mapping[str, Any]) -> None:
    """Put these answers in the place of all that were stated before."""
    row = {"organization_id": organization_id, "record_type": record_type, "answers": dict(answers)}
    statement = insert(usual_answers).values(row)
    model.Session.execute(
        statement.on_conflict_do_update(
            index_elements=["organization_id", "record_type"], set_={"answers": statement.excluded.answers}
        )
    )
