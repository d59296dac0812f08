"""Last day of keeping and day of disposal in the state of each subject."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "opensmartcity_034"
down_revision = "opensmartcity_033"
branch_labels = None
depends_on = None

TABLE, INDEX = "opensmartcity_state", "opensmartcity_state_due"


def upgrade() -> None:
    """Add the columns. Saves fill them, and `ckan opensmartcity ledger baseline` fills those of older states."""
    for column in ("due_on", "disposed_on"):
        op.add_column(TABLE, sa.Column(column, sa.Date))
    op.create_index(INDEX, TABLE, ["due_on", "subject_id"], postgresql_where=sa.text("due_on IS NOT NULL"))


def downgrade() -> None:
    """Drop the columns; the days of disposals of purged datasets cannot be computed again."""
    op.drop_index(INDEX, TABLE)
    for column in ("disposed_on", "due_on"):
        op.drop_column(TABLE, column)
