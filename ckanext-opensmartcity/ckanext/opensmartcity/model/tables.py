"""The tables of the product as SQLAlchemy sees them; the migrations make them.

They have a catalogue of their own. In CKAN's catalogue, the tests of any extension would empty them row by row, which
the database refuses for events.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

metadata = sa.MetaData()

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
    sa.Index("opensmartcity_state_name", "name"),
)

actor = sa.Table(
    "opensmartcity_actor",
    metadata,
    sa.Column("event_seq", sa.BigInteger, sa.ForeignKey("opensmartcity_event.seq"), primary_key=True),
    sa.Column("user_id", sa.Text, nullable=False),
    sa.Column("salt", sa.Text, nullable=False),
    sa.Index("opensmartcity_actor_user", "user_id"),
)

# Its rows go with their organisation: the migration ties them to CKAN's table, which this catalogue does not know.
usual_answers = sa.Table(
    "opensmartcity_usual_answers",
    metadata,
    sa.Column("organization_id", sa.UnicodeText, primary_key=True),
    sa.Column("record_type", sa.Text, primary_key=True),
    sa.Column("answers", JSONB, nullable=False),
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

# What residents ask and tell. Their rows go with their dataset: the migration ties them to CKAN's tables.
question = sa.Table(
    "opensmartcity_question",
    metadata,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("seq", sa.BigInteger, sa.Identity(), nullable=False, unique=True),
    sa.Column("package_id", sa.UnicodeText, nullable=False),
    sa.Column("organization_id", sa.UnicodeText),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("told_at", sa.DateTime(timezone=True)),
    sa.Column("passed_on_at", sa.DateTime(timezone=True)),
    sa.Column("answer", sa.Text),
    sa.Column("answered_at", sa.DateTime(timezone=True)),
    sa.Column("changes_record", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("event_id", UUID(as_uuid=False)),
    sa.Column("hidden_at", sa.DateTime(timezone=True)),
    sa.Column("hidden_reason", sa.Text),
    sa.Index("opensmartcity_question_package", "package_id", "seq"),
    sa.Index("opensmartcity_question_organization", "organization_id", "state", "seq"),
)

story = sa.Table(
    "opensmartcity_story",
    metadata,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("seq", sa.BigInteger, sa.Identity(), nullable=False, unique=True),
    sa.Column("package_id", sa.UnicodeText, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("link", sa.Text),
    sa.Column("stewards_told_at", sa.DateTime(timezone=True)),
    sa.Column("decided_at", sa.DateTime(timezone=True)),
    sa.Column("hidden_reason", sa.Text),
    sa.Index("opensmartcity_story_package", "package_id", "seq"),
)

# The only rows that know anything of who asked or told: an address until the answer is sent, and keyed marks by which a
# person can ask for what is theirs.
asker = sa.Table(
    "opensmartcity_asker",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("question_id", UUID(as_uuid=False), sa.ForeignKey(question.c.id, ondelete="CASCADE"), unique=True),
    sa.Column("story_id", UUID(as_uuid=False), sa.ForeignKey(story.c.id, ondelete="CASCADE"), unique=True),
    sa.Column("email", sa.Text),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("marks", ARRAY(sa.LargeBinary), nullable=False),
    sa.Index("opensmartcity_asker_marks", "marks", postgresql_using="gin"),
)

link = sa.Table(
    "opensmartcity_link",
    metadata,
    sa.Column("id", sa.LargeBinary, primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("state", sa.Text),
    sa.Column("problem", sa.Text),
    sa.Column("status", sa.Integer),
    sa.Column("checked_at", sa.DateTime(timezone=True)),
    sa.Column("reached_at", sa.DateTime(timezone=True)),
    sa.Column("failing_since", sa.DateTime(timezone=True)),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("etag", sa.Text),
    sa.Column("modified", sa.Text),
    sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
    sa.Index("opensmartcity_link_due", "due_at", "host"),
    sa.Index("opensmartcity_link_state", "state", "host", "id"),
)

peer = sa.Table(
    "opensmartcity_peer",
    metadata,
    sa.Column("url", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text),
    sa.Column("city", JSONB),
    sa.Column("fetched_at", sa.DateTime(timezone=True)),
    sa.Column("problem", sa.Text),
    sa.Column("detail", sa.Text),
    sa.Column("failing_since", sa.DateTime(timezone=True)),
    sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
)
