"""Heads of the histories, results of self-verifications, and an actor row for each event."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "opensmartcity_031"
down_revision = "opensmartcity_030"
branch_labels = None
depends_on = None

# Until now an event of the portal itself, or of an erased user, had no row.
COMPLETE_ACTORS = """
INSERT INTO opensmartcity_actor (event_seq)
SELECT e.seq FROM opensmartcity_event e LEFT JOIN opensmartcity_actor a ON a.event_seq = e.seq
WHERE a.event_seq IS NULL
"""


def upgrade() -> None:
    """Make the tables; give every event an actor row."""
    for column in ("user_id", "salt"):
        op.alter_column("opensmartcity_actor", column, nullable=True)
    op.execute(COMPLETE_ACTORS)
    op.create_table(
        "opensmartcity_head",
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("subject_id", sa.Text, nullable=False, unique=True),
        sa.Column("events", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "opensmartcity_head_tile",
        sa.Column("level", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("index", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hashes", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "opensmartcity_verification",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger),
        sa.Column("events", sa.BigInteger, nullable=False),
        sa.Column("findings", sa.BigInteger, nullable=False),
        sa.Column("first_findings", postgresql.JSONB, nullable=False),
        sa.Column("stops_signing", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables, and the rows of unknown actors."""
    for table in ("opensmartcity_verification", "opensmartcity_head_tile", "opensmartcity_head"):
        op.execute(f"DROP TABLE IF EXISTS {table}")
    op.execute("DELETE FROM opensmartcity_actor WHERE user_id IS NULL OR salt IS NULL")
    for column in ("user_id", "salt"):
        op.alter_column("opensmartcity_actor", column, nullable=False)
