"""Index of the purge events, which withhold the values of the events before them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "opensmartcity_032"
down_revision = "opensmartcity_031"
branch_labels = None
depends_on = None

NAME = "opensmartcity_event_purge"


def upgrade() -> None:
    """Make the index."""
    purges = sa.text("action = 'purge'")
    op.create_index(NAME, "opensmartcity_event", ["subject_id", "seq"], postgresql_where=purges)


def downgrade() -> None:
    """Drop the index."""
    op.drop_index(NAME, "opensmartcity_event")
