"""Table of default answers: one row per organisation and record type, with the answers as a JSON object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import JSONB, insert

from . import metadata

# The migration adds a foreign key with ON DELETE CASCADE to CKAN's table of groups, which is not in this MetaData.
default_answers = sa.Table(
    "opensmartcity_usual_answers",
    metadata,
    sa.Column("organization_id", sa.UnicodeText, primary_key=True),
    sa.Column("record_type", sa.Text, primary_key=True),
    sa.Column("answers", JSONB, nullable=False),
)


def read(organization_id: str, record_type: str) -> dict[str, Any]:
    """Return the default answers by field; an empty dict if there are none."""
    columns = default_answers.c
    key = (columns.organization_id == organization_id) & (columns.record_type == record_type)
    return dict(model.Session.execute(sa.select(columns.answers).where(key)).scalar() or {})


def write(organization_id: str, record_type: str, answers: Mapping[str, Any]) -> None:
    """Replace the default answers of an organisation for a record type (upsert)."""
    row = {"organization_id": organization_id, "record_type": record_type, "answers": dict(answers)}
    statement = insert(default_answers).values(row)
    model.Session.execute(
        statement.on_conflict_do_update(
            index_elements=["organization_id", "record_type"], set_={"answers": statement.excluded.answers}
        )
    )
