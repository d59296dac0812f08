"""Tables of questions, stories and participants."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from ...governance.model import metadata

# Rows are deleted with their dataset: the migration adds foreign keys to CKAN's tables.
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

# The only table with personal data of authors: an address until the answer is sent, and keyed identifiers (`marks`) for
# data subject requests.
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
