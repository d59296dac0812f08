"""Tables of the ledger: events, states of subjects, actors, leaves, tiles, checkpoints, keys, heads, verifications."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from ...governance.model import metadata

event = sa.Table(
    "opensmartcity_event",
    metadata,
    sa.Column("seq", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("event_id", UUID(as_uuid=False), nullable=False, unique=True),
    sa.Column("subject_id", sa.Text, nullable=False),
    sa.Column("subject_type", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("request", UUID(as_uuid=False), nullable=False),
    sa.Column("public", sa.Boolean, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index("opensmartcity_event_subject", "subject_id", "seq"),
    sa.Index("opensmartcity_event_at", "at", "seq"),
    sa.Index("opensmartcity_event_purge", "subject_id", "seq", postgresql_where=sa.text("action = 'purge'")),
)

state = sa.Table(
    "opensmartcity_state",
    metadata,
    sa.Column("subject_id", sa.Text, primary_key=True),
    sa.Column("subject_type", sa.Text, nullable=False),
    sa.Column("answers", JSONB, nullable=False),
    sa.Column("last_seq", sa.BigInteger, nullable=False),
    sa.Column("last_hash", sa.LargeBinary, nullable=False),
    sa.Column("labels", ARRAY(sa.Text), nullable=False),
    sa.Column("inner_labels", ARRAY(sa.Text), nullable=False),
    sa.Column("owners", JSONB, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("gone_at", sa.DateTime(timezone=True)),
    sa.Column("gone_why", sa.Text),
    # Last day of keeping, and the day on which the dataset was deleted or purged; no disposal without a last day.
    sa.Column("due_on", sa.Date),
    sa.Column("disposed_on", sa.Date),
    sa.Index("opensmartcity_state_name", "name"),
    sa.Index("opensmartcity_state_due", "due_on", "subject_id", postgresql_where=sa.text("due_on IS NOT NULL")),
)

actor = sa.Table(
    "opensmartcity_actor",
    metadata,
    sa.Column("event_seq", sa.BigInteger, sa.ForeignKey("opensmartcity_event.seq"), primary_key=True),
    # Both are null once the person was erased; without a user, the portal itself acted.
    sa.Column("user_id", sa.Text),
    sa.Column("salt", sa.Text),
    sa.Index("opensmartcity_actor_user", "user_id"),
)

leaf = sa.Table(
    "opensmartcity_leaf",
    metadata,
    sa.Column("index", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("event_seq", sa.BigInteger, sa.ForeignKey("opensmartcity_event.seq"), nullable=False, unique=True),
    sa.Column("hash", sa.LargeBinary, nullable=False),
)

tile = sa.Table(
    "opensmartcity_tile",
    metadata,
    sa.Column("level", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("index", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hashes", sa.LargeBinary, nullable=False),
)

checkpoint = sa.Table(
    "opensmartcity_checkpoint",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("root", sa.LargeBinary, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    sa.Column("note", sa.Text, nullable=False),
    sa.Index("opensmartcity_checkpoint_size", "size", "id"),
)

log_key = sa.Table(
    "opensmartcity_key",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("since", sa.BigInteger, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
)

# Leaves of the tree of subjects, and its tiles, as of the newest checkpoint.
head = sa.Table(
    "opensmartcity_head",
    metadata,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("subject_id", sa.Text, nullable=False, unique=True),
    sa.Column("events", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
)

head_tile = sa.Table(
    "opensmartcity_head_tile",
    metadata,
    sa.Column("level", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("index", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hashes", sa.LargeBinary, nullable=False),
)

verification = sa.Table(
    "opensmartcity_verification",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger),
    sa.Column("events", sa.BigInteger, nullable=False),
    sa.Column("redacted", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("findings", sa.BigInteger, nullable=False),
    sa.Column("first_findings", JSONB, nullable=False),
    sa.Column("stops_signing", sa.Boolean, nullable=False),
)
