"""The answers that an organisation usually gives."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "opensmartcity_010"
down_revision = "opensmartcity_002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; its rows go with their organisation."""
    op.create_table(
        "opensmartcity_usual_answers",
        sa.Column("organization_id", sa.UnicodeText, sa.ForeignKey("group.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("record_type", sa.Text, primary_key=True),
        sa.Column("answers", postgresql.JSONB, nullable=False),
    )


def downgrade() -> None:
    """Drop it with everything in it."""
    op.drop_table("opensmartcity_usual_answers")
