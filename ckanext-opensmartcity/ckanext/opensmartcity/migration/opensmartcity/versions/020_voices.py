"""Tables of participation: questions and stories, and personal data of their authors apart from them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "opensmartcity_020"
down_revision = "opensmartcity_010"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_SEARCHED = "to_tsvector('simple', title || ' ' || text)"


def upgrade() -> None:
    """Make the tables; their rows go with their dataset."""
    _make_questions()
    _make_stories()
    _make_askers()


def _make_questions() -> None:
    op.create_table(
        "opensmartcity_question",
        sa.Column("id", postgresql.UUID, primary_key=True),
        sa.Column("seq", sa.BigInteger, sa.Identity(), nullable=False, unique=True),
        sa.Column("package_id", sa.UnicodeText, sa.ForeignKey("package.id", ondelete="CASCADE"), nullable=False),
        sa.Column("organization_id", sa.UnicodeText, sa.ForeignKey("group.id", ondelete="SET NULL")),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("told_at", _MOMENT),
        sa.Column("passed_on_at", _MOMENT),
        sa.Column("answer", sa.Text),
        sa.Column("answered_at", _MOMENT),
        sa.Column("changes_record", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("event_id", postgresql.UUID),
        sa.Column("hidden_at", _MOMENT),
        sa.Column("hidden_reason", sa.Text),
        sa.CheckConstraint("state IN ('waiting', 'open', 'answered', 'hidden')", name="opensmartcity_question_state"),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="opensmartcity_question_answer"),
        sa.CheckConstraint("state <> 'answered' OR answer IS NOT NULL", name="opensmartcity_question_answered"),
        sa.CheckConstraint("state <> 'hidden' OR hidden_reason IS NOT NULL", name="opensmartcity_question_hidden"),
    )
    op.create_index("opensmartcity_question_package", "opensmartcity_question", ["package_id", "seq"])
    op.create_index(
        "opensmartcity_question_organization", "opensmartcity_question", ["organization_id", "state", "seq"]
    )


def _make_stories() -> None:
    op.create_table(
        "opensmartcity_story",
        sa.Column("id", postgresql.UUID, primary_key=True),
        sa.Column("seq", sa.BigInteger, sa.Identity(), nullable=False, unique=True),
        sa.Column("package_id", sa.UnicodeText, sa.ForeignKey("package.id", ondelete="CASCADE"), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("told_at", _MOMENT, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("link", sa.Text),
        sa.Column("stewards_told_at", _MOMENT),
        sa.Column("decided_at", _MOMENT),
        sa.Column("hidden_reason", sa.Text),
        sa.CheckConstraint("state IN ('waiting', 'shown', 'hidden')", name="opensmartcity_story_state"),
        sa.CheckConstraint("kind IN ('use', 'harm')", name="opensmartcity_story_kind"),
        sa.CheckConstraint("link ~ '^https?://'", name="opensmartcity_story_link"),
        sa.CheckConstraint("state <> 'hidden' OR hidden_reason IS NOT NULL", name="opensmartcity_story_hidden"),
    )
    op.create_index("opensmartcity_story_package", "opensmartcity_story", ["package_id", "seq"])
    op.execute(f"CREATE INDEX opensmartcity_story_words ON opensmartcity_story USING gin ({_SEARCHED})")


def _make_askers() -> None:
    op.create_table(
        "opensmartcity_asker",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _voice("question"),
        _voice("story"),
        sa.Column("email", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("marks", postgresql.ARRAY(sa.LargeBinary), nullable=False),
        sa.CheckConstraint("num_nonnulls(question_id, story_id) = 1", name="opensmartcity_asker_of_one"),
    )
    op.create_index("opensmartcity_asker_marks", "opensmartcity_asker", ["marks"], postgresql_using="gin")


def _voice(kind: str) -> sa.Column[str]:
    there = sa.ForeignKey(f"opensmartcity_{kind}.id", ondelete="CASCADE")
    return sa.Column(f"{kind}_id", postgresql.UUID, there, unique=True)


def downgrade() -> None:
    """Drop them with everything in them."""
    for name in ("asker", "story", "question"):
        op.drop_table(f"opensmartcity_{name}")
