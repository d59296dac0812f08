"""Scheduling: a change that was committed asks for a checkpoint within the configured minutes.

Time is cut into windows, and each window has one job, named by its end. So any number of changes on any number of
machines make one job a window, and a change that is committed while a job runs is in the window of the next.
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


class _Asked:
    """The window for which this process has asked already."""

    until = 0


def start() -> None:
    """Ask for checkpoints from now on."""
    if not sa.event.contains(model.Session, "after_commit", _after_commit):
        sa.event.listen(model.Session, "after_commit", _after_commit)
        sa.event.listen(model.Session, "after_rollback", _after_rollback)


def note(session: Session) -> None:
    """Note that this transaction appends events."""
    session.info[_KEY] = True


def _after_commit(session: Session) -> None:
    if not session.in_nested_transaction() and session.info.pop(_KEY, False):
        ask()


def _after_rollback(session: Session) -> None:
    session.info.pop(_KEY, None)


def ask() -> None:
    """Ask for a checkpoint at the end of this window; never fails, for what was saved is saved."""
    seconds = config.checkpoint_minutes() * 60
    if not seconds:
        return
    until = (int(time.time()) // seconds + 1) * seconds
    if until == _Asked.until:
        return
    try:
        _schedule(until)
    except (redis.RedisError, OSError) as error:
        log.warning("ckanext-opensmartcity: no job for the next checkpoint could be made: %s", error)
        return
    _Asked.until = until


def _schedule(until: int) -> None:
    queue = tk.get_job_queue()
    moment = datetime.fromtimestamp(until, timezone.utc)
    try:
        queue.enqueue_at(moment, job, job_id=f"opensmartcity-checkpoint-{until}", result_ttl=0, unique=True)
    except DuplicateJobError:
        log.debug("ckanext-opensmartcity: the next checkpoint has its job already")
