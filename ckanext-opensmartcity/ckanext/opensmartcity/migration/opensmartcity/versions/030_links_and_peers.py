"""Tables of the link checker and of the indicators of other cities."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "opensmartcity_030"
down_revision = "opensmartcity_020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; all that is in them can be asked for anew."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "opensmartcity_link",
        sa.Column("id", sa.LargeBinary, primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("state", sa.Text),
        sa.Column("problem", sa.Text),
        sa.Column("status", sa.Integer),
        sa.Column("checked_at", moment),
        sa.Column("reached_at", moment),
        sa.Column("failing_since", moment),
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
        sa.Column("etag", sa.Text),
        sa.Column("modified", sa.Text),
        sa.Column("due_at", moment, nullable=False),
        sa.CheckConstraint("octet_length(id) = 32", name="opensmartcity_link_id"),
    )
    op.create_index("opensmartcity_link_due", "opensmartcity_link", ["due_at", "host"])
    op.create_index("opensmartcity_link_state", "opensmartcity_link", ["state", "host", "id"])
    op.create_table(
        "opensmartcity_peer",
        sa.Column("url", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text),
        sa.Column("city", postgresql.JSONB),
        sa.Column("fetched_at", moment),
        sa.Column("problem", sa.Text),
        sa.Column("detail", sa.Text),
        sa.Column("failing_since", moment),
        sa.Column("tried_at", moment, nullable=False),
    )


def downgrade() -> None:
    """Drop them with everything in them."""
    op.drop_table("opensmartcity_peer")
    op.drop_table("opensmartcity_link")
