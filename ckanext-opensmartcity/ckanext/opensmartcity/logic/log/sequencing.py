"""Sequencing: committed events get the next indexes of the log, in batches, by one process at a time.

Each batch is one transaction with its leaves and tiles. Should two ever run at once in spite of the lock, the primary
key of the leaves lets only one commit. A crash loses a batch at most, and the next run does it again.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from ...ledger import tiles
from ...ledger.event import leaf_hash
from ...model import leaves
from ...model.leaves import StoredTiles
from .errors import LogError

BATCH = 2_000


def sequence(session: Session, batch: int = BATCH) -> Iterator[int]:
    """Give every waiting event its index; yield how many after each batch. Ends at once where somebody else is at it.

    The first batch looks through all events, for one may have been committed late; the others go on from there.
    """
    after = 0
    while leaves.try_lock(session):
        found = leaves.waiting(session, after, batch)
        if not found:
            break
        _append(session, found)
        session.commit()
        after = found[-1][0]
        yield len(found)
    session.rollback()


def _append(session: Session, found: list[tuple[int, str]]) -> None:
    hashed = [(seq, leaf_hash(body.encode())) for seq, body in found]
    size = leaves.size(session)
    leaves.append(session, size, hashed)
    try:
        tiles.append(StoredTiles(session), size, [value for _seq, value in hashed])
    except tiles.TileDamaged as error:
        session.rollback()
        raise LogError(f"The log cannot grow: {error}. Run: ckan opensmartcity ledger verify") from error
