"""The log over the events: leaves, tiles, signed checkpoints and the keys that signed them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "opensmartcity_002"
down_revision = "opensmartcity_001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("opensmartcity_leaf", "opensmartcity_checkpoint", "opensmartcity_key")


def upgrade() -> None:
    """Make the tables; tiles can be derived from leaves, so they alone may be changed."""
    op.create_table(
        "opensmartcity_leaf",
        sa.Column("index", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("event_seq", sa.BigInteger, sa.ForeignKey("opensmartcity_event.seq"), nullable=False, unique=True),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("octet_length(hash) = 32", name="opensmartcity_leaf_hash"),
    )
    op.create_table(
        "opensmartcity_tile",
        sa.Column("level", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("index", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hashes", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "opensmartcity_checkpoint",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_index("opensmartcity_checkpoint_size", "opensmartcity_checkpoint", ["size", "id"])
    op.create_table(
        "opensmartcity_key",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION opensmartcity_append_only()"
        )


def downgrade() -> None:
    """Drop the tables; the events stay."""
    for table in ("opensmartcity_key", "opensmartcity_checkpoint", "opensmartcity_tile", "opensmartcity_leaf"):
        op.execute(f"DROP TABLE IF EXISTS {table}")
