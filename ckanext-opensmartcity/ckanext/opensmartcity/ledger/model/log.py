"""Tables of the transparency log: signed checkpoints, public keys, leaves, and the tiles of the Merkle tree."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ...tlog.checkpoint import SignedCheckpoint
from ...tlog.signed_note import VerifierKey, parse_key
from ...tlog.tiles import TileKey
from . import checkpoint, leaf, log_key


@dataclass(frozen=True)
class StoredCheckpoint:
    """Row of a signed checkpoint."""

    id: int
    size: int
    root: bytes
    at: datetime
    note: str


@dataclass(frozen=True)
class StoredKey:
    """Published key, and the size of the log from which it signs."""

    key: VerifierKey
    since: int
    at: datetime


def latest(session: Session, size: int | None = None) -> StoredCheckpoint | None:
    """Return the newest checkpoint, or the newest of a size."""
    query = sa.select(checkpoint).order_by(checkpoint.c.size.desc(), checkpoint.c.id.desc()).limit(1)
    if size is not None:
        query = query.where(checkpoint.c.size == size)
    row = session.execute(query).one_or_none()
    return StoredCheckpoint(**row._mapping) if row else None


def newest(session: Session, before: int | None, limit: int) -> list[StoredCheckpoint]:
    """Return the newest checkpoints, or those with an id below `before` (keyset pagination)."""
    query = sa.select(checkpoint).order_by(checkpoint.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(checkpoint.c.id < before)
    return [StoredCheckpoint(**row._mapping) for row in session.execute(query)]


def every(session: Session, up_to: int | None = None) -> Iterator[StoredCheckpoint]:
    """Yield the checkpoints up to a size, in the order in which they were signed."""
    query = sa.select(checkpoint).order_by(checkpoint.c.id)
    if up_to is not None:
        query = query.where(checkpoint.c.size <= up_to)
    for row in session.execute(query):
        yield StoredCheckpoint(**row._mapping)


def add(session: Session, signed: SignedCheckpoint) -> None:
    """Store a checkpoint."""
    session.execute(sa.insert(checkpoint).values(size=signed.size, root=signed.root, note=str(signed.note)))


def keys(session: Session) -> list[StoredKey]:
    """Return all published keys, oldest first."""
    rows = session.execute(sa.select(log_key).order_by(log_key.c.id))
    return [StoredKey(parse_key(row.key), row.since, row.at) for row in rows]


def add_key(session: Session, key: VerifierKey, since: int) -> None:
    """Publish a key."""
    session.execute(sa.insert(log_key).values(key=str(key), since=since))


# Key of the advisory lock held while appending leaves or signing, until the end of the transaction.
LOG_LOCK = 7_130_906

_LOCK = sa.text("SELECT pg_try_advisory_xact_lock(:key)")
_WAIT = sa.text("SELECT pg_advisory_xact_lock(:key)")
_SIZE = sa.text('SELECT coalesce(max("index") + 1, 0) FROM opensmartcity_leaf')
_UNSIGNED = sa.text("""
SELECT count(*), min(at) FROM opensmartcity_event WHERE seq > coalesce((
  SELECT l.event_seq FROM opensmartcity_leaf l
  WHERE l."index" = (SELECT max(size) FROM opensmartcity_checkpoint) - 1), 0)
""")
_FIND = sa.text("""
SELECT e.event_id, l."index", l.hash FROM opensmartcity_event e LEFT JOIN opensmartcity_leaf l ON l.event_seq = e.seq
WHERE e.event_id = CAST(:id AS uuid)
""")
_INDEXES = sa.text('SELECT event_seq, "index" FROM opensmartcity_leaf WHERE event_seq = ANY(:seqs)')
_INDEX_OF_HASH = sa.text('SELECT "index" FROM opensmartcity_leaf WHERE hash = :hash ORDER BY "index" LIMIT 1')
_READ_TILES = """
SELECT t.level, t."index", t.hashes FROM unnest(CAST(:levels AS smallint[]), CAST(:indexes AS bigint[])) AS k(level, i)
JOIN {table} t ON t.level = k.level AND t."index" = k.i
"""
_WRITE_TILES = """
INSERT INTO {table} (level, "index", hashes) VALUES (:level, :index, :hashes)
ON CONFLICT (level, "index") DO UPDATE SET hashes = excluded.hashes
"""


@dataclass(frozen=True)
class Leaf:
    """Leaf of an event; `index` and `hash` are None while the event waits to be sequenced."""

    event_id: str
    index: int | None
    hash: bytes | None


def try_lock(session: Session) -> bool:
    """Take the lock for appending and signing until the end of the transaction; return False if it is taken."""
    return bool(session.scalar(_LOCK, {"key": LOG_LOCK}))


def wait_for_lock(session: Session) -> None:
    """Take the lock for appending and signing, waiting for its present holder."""
    session.execute(_WAIT, {"key": LOG_LOCK})


def size(session: Session) -> int:
    """Return the number of leaves."""
    return int(session.scalar(_SIZE) or 0)


@dataclass(frozen=True)
class Unsigned:
    """Number of the events that the newest checkpoint does not contain, and the time of the oldest."""

    count: int
    oldest: datetime | None


def unsigned(session: Session) -> Unsigned:
    """Return how many events wait for a signature, in one statement that reads only those.

    An event that was committed late, behind later ones, is not counted.
    """
    return Unsigned(*session.execute(_UNSIGNED).one())


def append(session: Session, first: int, leaves: Sequence[tuple[int, bytes]]) -> None:
    """Insert leaves (sequence number of the event, hash) from index `first` on."""
    rows = [{"index": first + n, "event_seq": seq, "hash": digest} for n, (seq, digest) in enumerate(leaves)]
    session.execute(sa.insert(leaf), rows)


def find(session: Session, event_id: str) -> Leaf | None:
    """Return the leaf of an event, None if there is no such event."""
    row = session.execute(_FIND, {"id": event_id}).one_or_none()
    return Leaf(str(row[0]), row[1], row[2]) if row else None


def indexes(session: Session, seqs: Sequence[int]) -> dict[int, int]:
    """Return the indexes of events by their sequence numbers, without those that wait to be sequenced."""
    return {row.event_seq: row[1] for row in session.execute(_INDEXES, {"seqs": list(seqs)})}


def index_of_hash(session: Session, digest: bytes) -> int | None:
    """Return the index of a leaf hash. Scans the whole table: for diagnosis only."""
    index = session.scalar(_INDEX_OF_HASH, {"hash": digest})
    return None if index is None else int(index)


class StoredTiles:
    """Tile store in the database, as `tlog.tiles` expects it."""

    table = "opensmartcity_tile"

    def __init__(self, session: Session) -> None:
        self._session = session

    def read_tiles(self, keys: Collection[TileKey]) -> Mapping[TileKey, bytes]:
        """Return the tiles that exist, with one statement."""
        columns = {"levels": [level for level, _ in keys], "indexes": [index for _, index in keys]}
        query = sa.text(_READ_TILES.format(table=self.table))
        return {(row[0], row[1]): bytes(row[2]) for row in self._session.execute(query, columns)}

    def write_tiles(self, tiles: Mapping[TileKey, bytes]) -> None:
        """Upsert tiles; a longer tile replaces the partial one with the same key."""
        rows = [{"level": level, "index": index, "hashes": data} for (level, index), data in tiles.items()]
        self._session.execute(sa.text(_WRITE_TILES.format(table=self.table)), rows)


def all_tiles(session: Session) -> Iterator[TileKey]:
    """Yield the keys of all tiles."""
    for row in session.execute(sa.text('SELECT level, "index" FROM opensmartcity_tile ORDER BY 1, 2')):
        yield row[0], row[1]
