"""Checkpoint scheduler: a committed change enqueues a checkpoint job within the configured number of minutes.

Time is divided into windows, and each window has one job, whose id is the end of the window. So any number of changes
on any number of machines enqueue one job per window, and a change that is committed while a job runs belongs to the
next window.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timezone

import ckan.plugins.toolkit as tk
import redis
import sqlalchemy as sa
from ckan import model
from rq.exceptions import DuplicateJobError
from sqlalchemy.orm import Session

from .. import config
from .sequencer import job

log = logging.getLogger(__name__)
_KEY = "opensmartcity_appended"


class _LastWindow:
    """End of the window for which this process has already enqueued a job."""

    until = 0


def start() -> None:
    """Register the session hooks that schedule checkpoints."""
    if not sa.event.contains(model.Session, "after_commit", _after_commit):
        sa.event.listen(model.Session, "after_commit", _after_commit)
        sa.event.listen(model.Session, "after_rollback", lambda session: session.info.pop(_KEY, None))


def note(session: Session) -> None:
    """Mark this transaction as one that appends events."""
    session.info[_KEY] = True


def _after_commit(session: Session) -> None:
    if not session.in_nested_transaction() and session.info.pop(_KEY, False):
        schedule_checkpoint()


def schedule_checkpoint() -> None:
    """Enqueue a checkpoint job at the end of this window. Failures of Redis are logged: the change is saved already."""
    seconds = config.checkpoint_minutes() * 60
    if not seconds:
        return
    until = (int(time.time()) // seconds + 1) * seconds
    if until == _LastWindow.until:
        return
    moment = datetime.fromtimestamp(until, timezone.utc)
    try:
        tk.get_job_queue().enqueue_at(
            moment, job, job_id=f"opensmartcity-checkpoint-{until}", result_ttl=0, unique=True
        )
    except DuplicateJobError:
        log.debug("ckanext-opensmartcity: the next checkpoint is already scheduled")
    except (redis.RedisError, OSError) as error:
        log.warning("ckanext-opensmartcity: no job for the next checkpoint could be made: %s", error)
        return
    _LastWindow.until = until
