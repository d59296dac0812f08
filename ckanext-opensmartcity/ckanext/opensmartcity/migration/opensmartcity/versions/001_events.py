"""The events of the ledger, which the database only lets grow; the state of each subject; who acted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "opensmartcity_001"
down_revision = None
branch_labels = None
depends_on = None

# Later migrations use this function for their own append-only tables.
REFUSE = """
CREATE OR REPLACE FUNCTION opensmartcity_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Table % only grows: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$
"""
GUARD = """
CREATE TRIGGER opensmartcity_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON opensmartcity_event
FOR EACH STATEMENT EXECUTE FUNCTION opensmartcity_append_only()
"""


def upgrade() -> None:
    """Make the tables and guard the events."""
    op.create_table(
        "opensmartcity_event",
        sa.Column("seq", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("event_id", postgresql.UUID(as_uuid=False), nullable=False, unique=True),
        sa.Column("subject_id", sa.Text, nullable=False),
        sa.Column("subject_type", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request", postgresql.UUID(as_uuid=False), nullable=False),
        sa.Column("public", sa.Boolean, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("opensmartcity_event_subject", "opensmartcity_event", ["subject_id", "seq"])
    op.create_index("opensmartcity_event_at", "opensmartcity_event", ["at", "seq"])
    op.execute(REFUSE)
    op.execute(GUARD)
    op.create_table(
        "opensmartcity_state",
        sa.Column("subject_id", sa.Text, primary_key=True),
        sa.Column("subject_type", sa.Text, nullable=False),
        sa.Column("answers", postgresql.JSONB, nullable=False),
        sa.Column("last_seq", sa.BigInteger, nullable=False),
        sa.Column("last_hash", sa.LargeBinary, nullable=False),
        sa.Column("labels", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("inner_labels", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("owners", postgresql.JSONB, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True)),
        sa.Column("gone_why", sa.Text),
    )
    op.create_index("opensmartcity_state_name", "opensmartcity_state", ["name"])
    op.create_table(
        "opensmartcity_actor",
        sa.Column("event_seq", sa.BigInteger, sa.ForeignKey("opensmartcity_event.seq"), primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("salt", sa.Text, nullable=False),
    )
    op.create_index("opensmartcity_actor_user", "opensmartcity_actor", ["user_id"])


def downgrade() -> None:
    """Drop the tables with everything in them."""
    for table in ("opensmartcity_actor", "opensmartcity_state", "opensmartcity_event"):
        op.execute(f"DROP TABLE IF EXISTS {table}")
    op.execute("DROP FUNCTION IF EXISTS opensmartcity_append_only()")
