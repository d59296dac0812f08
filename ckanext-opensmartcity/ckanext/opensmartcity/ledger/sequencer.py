"""Sequencer of the log: give committed events the next indexes of the Merkle tree, then sign a checkpoint.

One process at a time sequences, in batches. Each batch is one transaction with its leaves and tiles. Should two
processes run at once in spite of the lock, the primary key of the leaves lets only one commit. A crash loses at most
one batch, which the next run repeats.

A committed change enqueues a checkpoint job, which runs within the configured number of minutes.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone

import ckan.plugins.toolkit as tk
import redis
import sqlalchemy as sa
from ckan import model
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from .. import compat, config
from ..governance.model import reason
from ..ledger_format.event import leaf_hash
from ..tlog import tiles
from ..tlog.checkpoint import SignedCheckpoint
from .model import log as ledger_log
from .model.log import StoredTiles
from .signer import LogError, sign

log = logging.getLogger(__name__)
BATCH = 2_000
# Key of the session's info that marks a transaction with new events.
_KEY = "opensmartcity_appended"


def sequence(session: Session, batch: int = BATCH) -> Iterator[int]:
    """Give every waiting event its index; yield the size of each batch. Stop at once if another process holds the lock.

    The first batch scans all events, because one may have been committed late; the others continue from there. Raise
    LogError if a tile is damaged.
    """
    after = 0
    while ledger_log.try_lock(session):
        events = ledger_log.waiting(session, after, batch)
        if not events:
            break
        leaves = [(seq, leaf_hash(body.encode())) for seq, body in events]
        size = ledger_log.size(session)
        ledger_log.append(session, size, leaves)
        try:
            tiles.append(StoredTiles(session), size, [value for _seq, value in leaves])
        except tiles.TileDamaged as error:
            session.rollback()
            raise LogError(f"The log cannot grow: {error}. Run: ckan opensmartcity ledger verify") from error
        session.commit()
        after = events[-1][0]
        yield len(events)
    session.rollback()


@dataclass(frozen=True)
class Outcome:
    """Number of sequenced events, and the new checkpoint, None if there was nothing to sign or no key."""

    added: int
    signed: SignedCheckpoint | None


def checkpoint() -> Outcome:
    """Sequence the waiting events and sign the log; raise LogError if it cannot grow or must not be signed."""
    session = model.Session()
    try:
        return Outcome(sum(sequence(session)), sign(session))
    except SQLAlchemyError as error:
        raise LogError(f"The database refused: {reason(error)}") from error
    finally:
        session.rollback()


def job() -> None:
    """Background job: sequence and sign; errors go to the log of the worker."""
    try:
        outcome = checkpoint()
    except LogError as error:
        log.error("ckanext-opensmartcity: %s", error)
        return
    log.info("ckanext-opensmartcity: %s events logged, signed: %s", outcome.added, bool(outcome.signed))


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
    # Portals may share a Redis database: CKAN separates their queues, but the ids of jobs are common to all queues.
    site = hashlib.sha256(tk.config["ckan.site_id"].encode()).hexdigest()[:12]
    try:
        if not compat.enqueue_once_at(moment, job, job_id=f"opensmartcity-checkpoint-{site}-{until}"):
            log.debug("ckanext-opensmartcity: the next checkpoint is already scheduled")
    except (redis.RedisError, OSError) as error:
        log.warning("ckanext-opensmartcity: no job for the next checkpoint could be made: %s", error)
        return
    _LastWindow.until = until
