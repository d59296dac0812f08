"""Heads of the histories in the database: rows and tiles of the tree of subjects, as of the newest checkpoint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ...ledger_format.history_file import HistoryHead
from ...ledger_format.subject_head import SubjectHead, SubjectRoot
from ...tlog import tiles
from ...tlog.merkle import EMPTY_ROOT, root_of
from . import head
from .log import StoredTiles

BATCH = 5_000
_COVERED = sa.text("SELECT count(*), coalesce(sum(events), 0) FROM opensmartcity_head")
_LEAVES = sa.text("""
SELECT e.subject_id, l.hash FROM opensmartcity_leaf l JOIN opensmartcity_event e ON e.seq = l.event_seq
WHERE l."index" >= :first AND l."index" < :end ORDER BY l."index"
""")
_UPSERT = sa.text("""
INSERT INTO opensmartcity_head (position, subject_id, events, digest) VALUES (:position, :subject_id, :events, :digest)
ON CONFLICT (position) DO UPDATE SET events = excluded.events, digest = excluded.digest
""")


class HeadsDamaged(Exception):
    """The stored heads do not match each other, or not the leaves of the log."""


class HeadTiles(StoredTiles):
    """Tiles of the tree of subjects."""

    table = "opensmartcity_head_tile"


def root(session: Session) -> SubjectRoot:
    """Return the root of the stored tiles. Raises TileDamaged."""
    count = int(session.execute(_COVERED).one()[0])
    return SubjectRoot(count, tiles.root(HeadTiles(session), count) if count else EMPTY_ROOT)


def root_of_rows(session: Session) -> SubjectRoot:
    """Return the root computed from the stored heads."""
    count = int(session.execute(_COVERED).one()[0])
    return SubjectRoot(count, root_of(stored.leaf for stored in _all(session)))


def _all(session: Session) -> Iterator[SubjectHead]:
    query = sa.select(head).order_by(head.c.position)
    for row in session.execute(query, execution_options={"yield_per": BATCH}):
        yield SubjectHead(row.subject_id, row.events, bytes(row.digest))


def advance(session: Session, size: int) -> SubjectRoot:
    """Bring the heads to a size of the log and return their root. Raises HeadsDamaged, TileDamaged."""
    count, covered = map(int, session.execute(_COVERED).one())
    if covered > size:
        raise HeadsDamaged(f"the heads of the histories stand for {covered} events")
    for first in range(covered, size, BATCH):
        end = min(first + BATCH, size)
        leaves = [(row.subject_id, bytes(row.hash)) for row in session.execute(_LEAVES, {"first": first, "end": end})]
        if len(leaves) != end - first:
            raise HeadsDamaged(f"events between the indexes {first} and {end - 1} are missing")
        count = _append(session, count, leaves)
    return root(session)


def _append(session: Session, count: int, leaves: Sequence[tuple[str, bytes]]) -> int:
    """Add leaves of the log to the heads of their subjects; return the number of subjects."""
    store, ids = HeadTiles(session), {subject_id for subject_id, _leaf in leaves}
    rows = session.execute(sa.select(head).where(head.c.subject_id.in_(ids)))
    heads = {row.subject_id: (row.position, SubjectHead(row.subject_id, row.events, bytes(row.digest))) for row in rows}
    known = [(position, stored.leaf) for position, stored in heads.values()]
    if known and tiles.range_hashes(store, [(at, at + 1) for at, _leaf in known]) != [leaf for _at, leaf in known]:
        raise HeadsDamaged("a head of a history does not match its tile")
    following = count
    for subject_id, leaf in leaves:
        if subject_id not in heads:
            heads[subject_id] = (following, SubjectHead(subject_id))
            following += 1
        position, before = heads[subject_id]
        heads[subject_id] = (position, before.extended(leaf))
    changed = sorted(heads.values(), key=lambda entry: entry[0])
    tiles.replace(store, {position: after.leaf for position, after in changed if position < count})
    tiles.append(store, count, [after.leaf for position, after in changed if position >= count])
    session.execute(_UPSERT, [{"position": position, **vars(after)} for position, after in changed])
    return following


def find(session: Session, subject_id: str, size: int) -> HistoryHead | None:
    """Return the head of a history with its proof for the newest checkpoint, whose size is given. Raises TileDamaged.

    None if the subject had no event when that was signed.
    """
    row = session.execute(sa.select(head).where(head.c.subject_id == subject_id)).one_or_none()
    if row is None:
        return None
    count = int(session.execute(_COVERED).one()[0])
    proof = tiles.inclusion_proof(HeadTiles(session), row.position, count)
    return HistoryHead(SubjectHead(subject_id, row.events, bytes(row.digest)), row.position, tuple(proof), size)
