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
from ..contributions import Diagnosis, DoctorCheck
from ..standard.i18n import N_, Message
from .model import participants
from .model.participants import Deadlines

log = logging.getLogger(__name__)
# Addresses are deleted this long after their question was settled, also if the mail could not be delivered.
AFTER_SETTLING = timedelta(days=7)
# Seconds.
_INTERVAL = 24 * 3600
# A run each day deletes earlier.
_LATE = timedelta(days=2)


class ExpiryResult(TypedDict):
    """Numbers of what was deleted."""

    addresses: int
    questions: int
    stories: int


def expire(now: datetime | None = None) -> ExpiryResult:
    """Delete what has expired, independent of whether mail can be sent, and return how much that was."""
    session, end = model.Session(), _deadlines(now or datetime.now(timezone.utc))
    deleted: ExpiryResult = {"addresses": 0, "questions": 0, "stories": 0}
    deleted["addresses"] = participants.expire_addresses(session, settled_before=end.settled, asked_before=end.asked)
    if end.questions:
        deleted["questions"] = participants.expire(session, "question", end.questions)
    if end.stories:
        deleted["stories"] = participants.expire(session, "story", end.stories)
    session.commit()
    return deleted


def _deadlines(now: datetime) -> Deadlines:
    address_days, question_days, story_days = config.expiry_days()
    return Deadlines(
        settled=now - AFTER_SETTLING,
        asked=now - timedelta(days=address_days),
        questions=now - timedelta(days=question_days) if question_days else None,
        stories=now - timedelta(days=story_days) if story_days else None,
    )


def check_expired() -> Diagnosis:
    """Check that nothing is kept for longer than the portal promises (doctor)."""
    count = participants.count_expired(model.Session(), _deadlines(datetime.now(timezone.utc) - _LATE))
    gauges = {"expired_kept": float(count)}
    if not count:
        return Diagnosis("ok", Message(N_("Personal data is deleted when its period ends.")), gauges=gauges)
    return Diagnosis(
        "error",
        Message(
            N_("Addresses, questions and stories that should have been deleted two days ago: {n}"), {"n": str(count)}
        ),
        Message(N_("Run `ckan jobs worker` as a service, or each night by cron: ckan opensmartcity questions expire")),
        gauges,
    )


CHECK = DoctorCheck(
    "expiry",
    check_expired,
    needs="database",
    gauges={"expired_kept": "Addresses, questions and stories that should have been deleted two days ago"},
)


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
