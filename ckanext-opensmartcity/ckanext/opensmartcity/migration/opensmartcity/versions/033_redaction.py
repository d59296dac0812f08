"""Redaction of events: the only change of an event that the database allows, and only as an event records it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "opensmartcity_033"
down_revision = "opensmartcity_032"
branch_labels = None
depends_on = None

# An UPDATE of any row is refused, unless the transaction announces a redaction; of each row then, all but changes and
# nonce must stay, and a later event of the same subject must record the digest of the new body.
GUARD = """
CREATE OR REPLACE FUNCTION opensmartcity_event_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND current_setting('opensmartcity.redaction', true) = 'on' THEN
    IF TG_LEVEL = 'STATEMENT' THEN
      RETURN NULL;
    ELSIF to_jsonb(NEW) - 'body' = to_jsonb(OLD) - 'body'
      AND CAST(NEW.body AS jsonb) - CAST('{changes,nonce}' AS text[])
        = CAST(OLD.body AS jsonb) - CAST('{changes,nonce}' AS text[])
      AND EXISTS (SELECT 1 FROM opensmartcity_event r
        WHERE r.subject_id = NEW.subject_id AND r.seq > NEW.seq AND r.action = 'redact'
          AND strpos(r.body, '"field":"redacted:' || NEW.event_id || '"') > 0
          AND strpos(r.body, encode(sha256(convert_to(NEW.body, 'UTF8')), 'hex')) > 0)
    THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'Table % only grows: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$
"""
TRIGGERS = """
DROP TRIGGER opensmartcity_event_append_only ON opensmartcity_event;
CREATE TRIGGER opensmartcity_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON opensmartcity_event
FOR EACH STATEMENT EXECUTE FUNCTION opensmartcity_event_guard();
CREATE TRIGGER opensmartcity_event_redaction BEFORE UPDATE ON opensmartcity_event
FOR EACH ROW EXECUTE FUNCTION opensmartcity_event_guard();
"""
TRIGGER_BEFORE = """
DROP TRIGGER opensmartcity_event_redaction ON opensmartcity_event;
DROP TRIGGER opensmartcity_event_append_only ON opensmartcity_event;
CREATE TRIGGER opensmartcity_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON opensmartcity_event
FOR EACH STATEMENT EXECUTE FUNCTION opensmartcity_append_only();
DROP FUNCTION opensmartcity_event_guard();
"""


def upgrade() -> None:
    """Guard the events by the new function; count redacted events in results of self-verifications."""
    op.execute(GUARD)
    op.execute(TRIGGERS)
    op.add_column(
        "opensmartcity_verification", sa.Column("redacted", sa.BigInteger, nullable=False, server_default="0")
    )


def downgrade() -> None:
    """Let the database refuse all changes of events again."""
    op.drop_column("opensmartcity_verification", "redacted")
    op.execute(TRIGGER_BEFORE)
