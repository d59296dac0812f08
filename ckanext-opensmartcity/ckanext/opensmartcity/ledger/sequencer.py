"""Sequencing: committed events get the next indexes of the log, in batches, by one process at a time.

Each batch is one transaction with its leaves and tiles. Should two ever run at once in spite of the lock, the primary
key of the leaves lets only one commit. A crash loses a batch at most, and the next run does it again.
"""
# MERGED A checkpoint: waiting events are sequenced, and what there is then is signed.

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from ckan import model
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ..governance.model.tables import reason
from ..ledger_format.event import leaf_hash
from ..tlog import tiles
from ..tlog.checkpoint import SignedCheckpoint
from .errors import LogError
from .model import log as ledger_log
from .model.log import StoredTiles
from .signer import sign

BATCH = 2_000


def sequence(session: Session, batch: int = BATCH) -> Iterator[int]:
    """Give every waiting event its index; yield how many after each batch. Ends at once where somebody else is at it.

    The first batch looks through all events, for one may have been committed late; the others go on from there.
    """
    after = 0
    while ledger_log.try_lock(session):
        found = ledger_log.waiting(session, after, batch)
        if not found:
            break
        _append(session, found)
        session.commit()
        after = found[-1][0]
        yield len(found)
    session.rollback()


def _append(session: Session, found: list[tuple[int, str]]) -> None:
    hashed = [(seq, leaf_hash(body.encode())) for seq, body in found]
    size = ledger_log.size(session)
    ledger_log.append(session, size, hashed)
    try:
        tiles.append(StoredTiles(session), size, [value for _seq, value in hashed])
    except tiles.TileDamaged as error:
        session.rollback()
        raise LogError(f"The log cannot grow: {error}. Run: ckan opensmartcity ledger verify") from error


log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """How many events got an index, and the checkpoint, None where there was nothing to sign or no key."""

    added: int
    signed: SignedCheckpoint | None


def checkpoint() -> Outcome:
    """Sequence and sign; LogError where the log cannot grow or must not be signed."""
    session = model.Session()
    try:
        return Outcome(sum(sequence(session)), sign(session))
    except SQLAlchemyError as error:
        raise LogError(f"The database refused: {reason(error)}") from error
    finally:
        session.rollback()


def job() -> None:
    """Sequence and sign as a background job: what is wrong goes to the log of the worker."""
    try:
        outcome = checkpoint()
    except LogError as error:
        log.error("ckanext-opensmartcity: %s", error)
        return
    log.info("ckanext-opensmartcity: %s events logged, signed: %s", outcome.added, bool(outcome.signed))
