"""Sequencer of the log: give committed events the next indexes of the Merkle tree, then sign a checkpoint.

One process at a time sequences, in batches. Each batch is one transaction with its leaves and tiles. Should two
processes run at once in spite of the lock, the primary key of the leaves lets only one commit. A crash loses at most
one batch, which the next run repeats.

A committed change enqueues a checkpoint job, which runs within the configured number of minutes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import redis
import sqlalchemy as sa
from ckan import model
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from .. import compat, config
from ..governance.model import reason
from ..ledger_format.event import leaf_hash
from ..ledger_format.history_file import LineReader
from ..tlog import tiles
from ..tlog.checkpoint import SignedCheckpoint
from . import self_verification
from .model import log as ledger_log
from .model import log_stream
from .model.log import StoredTiles
from .model.log_stream import StoredRow
from .row_check import verify_new
from .signer import LogError, sign

log = logging.getLogger(__name__)
BATCH = 2_000
# Seconds. The job also verifies the whole log, once a day if that takes long.
JOB_TIMEOUT = 4 * 3600
# Key of the session's info that marks a transaction with new events.
_KEY = "opensmartcity_appended"


def sequence(session: Session, batch: int = BATCH) -> Iterator[int]:
    """Give every waiting event its index; yield the size of each batch. Stop at once if another process holds the lock.

    The first batch scans all events, because one may have been committed late; the others continue from there. Raise
    LogError if a tile is damaged, or if the portal did not write an event.
    """
    after, lines = 0, LineReader()
    while ledger_log.try_lock(session):
        events = log_stream.next_waiting(session, after, batch)
        if not events:
            break
        for event in events:
            _require_own(lines, event)
        leaves = [(_seq(event), leaf_hash(event.body.encode())) for event in events]
        size = ledger_log.size(session)
        ledger_log.append(session, size, leaves)
        try:
            tiles.append(StoredTiles(session), size, [value for _seq, value in leaves])
        except tiles.TileDamaged as error:
            session.rollback()
            raise LogError(f"The log cannot grow: {error}. Run: ckan opensmartcity ledger verify") from error
        session.commit()
        after = leaves[-1][0]
        yield len(events)
    session.rollback()


def _require_own(lines: LineReader, event: StoredRow) -> None:
    """Raise LogError if a waiting event was not written by the portal: nothing is added to the log then."""
    for problem in verify_new(lines, event):
        raise LogError(
            f"The event {event.event_id} (row {event.seq}) is not one that the portal wrote: "
            f"{problem.message.render()} Nothing is logged or signed until it is deleted from the database"
        )


def _seq(event: StoredRow) -> int:
    return event.seq or 0


@dataclass(frozen=True)
class Outcome:
    """Number of sequenced events, and the new checkpoint, None if there was nothing to sign or no key."""

    added: int
    signed: SignedCheckpoint | None


def checkpoint() -> Outcome:
    """Sequence the waiting events, verify the log and sign it.

    Raise LogError if it cannot grow or must not be signed.
    """
    session = model.Session()
    try:
        added = sum(sequence(session))
        self_verification.require_intact(session)
        return Outcome(added, sign(session))
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
    until = compat.window_end(seconds)
    if until == _LastWindow.until:
        return
    try:
        if not compat.enqueue_once_a_window(seconds, job, name="checkpoint", job_timeout=JOB_TIMEOUT):
            log.debug("ckanext-opensmartcity: the next checkpoint is already scheduled")
    except (redis.RedisError, OSError) as error:
        log.warning("ckanext-opensmartcity: no job for the next checkpoint could be made: %s", error)
        return
    _LastWindow.until = until
