"""Expiry of personal data: addresses of askers, and questions and stories after the periods that the portal has set."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta, timezone
from typing import TypedDict

import redis
from ckan import model
from sqlalchemy.exc import SQLAlchemyError

from .. import config
from ..compat import enqueue_once_a_window
from .model import participants

log = logging.getLogger(__name__)
# Addresses are deleted this long after their question was settled, also if the mail could not be delivered.
AFTER_SETTLING = timedelta(days=7)
# Seconds.
_INTERVAL = 24 * 3600


class ExpiryResult(TypedDict):
    """Numbers of what was deleted."""

    addresses: int
    questions: int
    stories: int


def expire(now: datetime | None = None) -> ExpiryResult:
    """Delete what has expired, independent of whether mail can be sent, and return how much that was."""
    session, now = model.Session(), now or datetime.now(timezone.utc)
    address_days, question_days, story_days = config.expiry_days()
    deleted: ExpiryResult = {"addresses": 0, "questions": 0, "stories": 0}
    deleted["addresses"] = participants.expire_addresses(
        session, settled_before=now - AFTER_SETTLING, asked_before=now - timedelta(days=address_days)
    )
    if question_days:
        deleted["questions"] = participants.expire(session, "question", now - timedelta(days=question_days))
    if story_days:
        deleted["stories"] = participants.expire(session, "story", now - timedelta(days=story_days))
    session.commit()
    return deleted


def job() -> None:
    """Job: expire, and schedule the next run. Failures are logged without data, and the next run is not lost."""
    try:
        expire()
    except SQLAlchemyError as error:
        model.Session.rollback()
        log.error("ckanext-opensmartcity: expiry failed: %s", type(error).__name__)
    schedule()


def schedule() -> None:
    """Enqueue the next run, one a day and portal. Never raises: cron can run `questions expire` as well."""
    try:
        enqueue_once_a_window(_INTERVAL, job, name="expiry")
    except (redis.RedisError, OSError) as error:
        log.warning("ckanext-opensmartcity: the expiry could not be scheduled: %s", type(error).__name__)
