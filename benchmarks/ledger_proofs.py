"""Merkle proofs from a log of 1,000,000 leaves in PostgreSQL: proofs per second, and rows read for each."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Iterator, Mapping

import sqlalchemy as sa
from ckan import model
from ckanext.opensmartcity.ledger.model.log import StoredTiles
from ckanext.opensmartcity.tlog import merkle, tiles
from ckanext.opensmartcity.tlog.tiles import MemoryTileStore, TileKey
from sqlalchemy.orm import Session

from . import portal
from .results import Result

SIZE, PROOFS, MOST_ROWS = 1_000_000, 200, 20
TABLE = """
CREATE TEMP TABLE opensmartcity_tile (level smallint, "index" bigint, hashes bytea, PRIMARY KEY (level, "index"))
"""


class CountedTiles(StoredTiles):
    """Tiles in the database, with a count of the rows read."""

    rows = 0

    def read_tiles(self, keys: Collection[TileKey]) -> Mapping[TileKey, bytes]:
        """Return the existing tiles among the keys, and count them."""
        rows = super().read_tiles(keys)
        self.rows += len(rows)
        return rows


def measure(size: int = SIZE) -> Iterator[Result]:
    """Measure and verify proofs across the log, in a temporary table that shadows the real one."""
    with portal.request():
        session, hashes = model.Session(), [hashlib.sha256(b"%d" % number).digest() for number in range(size)]
        session.execute(sa.text(TABLE))
        fill(session, hashes)
        root = tiles.root(StoredTiles(session), size)
        yield _result("inclusion", size, [_inclusion(session, hashes, root, index) for index in _places(size)])
        yield _result("consistency", size, [_consistency(session, root, old + 1, size) for old in _places(size)])
        session.rollback()


def _places(size: int) -> list[int]:
    return [0, size - 1, *range(size // PROOFS // 2, size, size // (PROOFS - 2))][:PROOFS]


def fill(session: Session, hashes: list[bytes]) -> None:
    """Write the tiles of the whole log at once."""
    memory = MemoryTileStore()
    tiles.append(memory, 0, hashes)
    StoredTiles(session).write_tiles(memory)


def _inclusion(session: Session, hashes: list[bytes], root: bytes, index: int) -> tuple[int, float]:
    store, begin = CountedTiles(session), time.perf_counter()
    proof = tiles.inclusion_proof(store, index, len(hashes))
    seconds = time.perf_counter() - begin
    if not merkle.verify_inclusion(index, len(hashes), hashes[index], proof, root):
        raise SystemExit(f"the proof of leaf {index} does not verify")
    return store.rows, seconds


def _consistency(session: Session, root: bytes, old: int, size: int) -> tuple[int, float]:
    store, begin = CountedTiles(session), time.perf_counter()
    proof = tiles.consistency_proof(store, old, size)
    seconds = time.perf_counter() - begin
    if not merkle.verify_consistency(old, size, tiles.root(StoredTiles(session), old), proof, root):
        raise SystemExit(f"the proof of consistency of {old} and {size} does not verify")
    return store.rows, seconds


def _result(kind: str, size: int, proofs: list[tuple[int, float]]) -> Result:
    most, seconds = max(rows for rows, _ in proofs), sum(seconds for _, seconds in proofs)
    if most > MOST_ROWS:
        raise SystemExit(f"a proof of {kind} reads {most} rows")
    case = f"{kind}, {size:,} leaves, at most {most} rows read"
    return Result(case, len(proofs), "proofs", seconds, portal.megabytes(), {"the 20 rows allowed": most / MOST_ROWS})
