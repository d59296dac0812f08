"""Row reads and time of a proof from a log of 1,000,000 events in PostgreSQL, and of logging one more."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Collection, Iterator, Mapping

import sqlalchemy as sa
from ckan import model
from ckan.cli import load_config
from ckan.config.environment import load_environment
from ckanext.opensmartcity.ledger import merkle, tiles
from ckanext.opensmartcity.ledger.storage import MemoryTiles, TileKey
from ckanext.opensmartcity.model.leaves import StoredTiles
from sqlalchemy.orm import Session

SIZE = int(os.environ.get("OSC_BENCH_EVENTS", "1000000"))
MOST_ROWS = 20
PLACES = [(0, SIZE), (SIZE // 2, SIZE), (SIZE - 1, SIZE), (SIZE // 3, SIZE - 12_345)]
TABLE = """
CREATE TEMP TABLE opensmartcity_tile (level smallint, "index" bigint, hashes bytea, PRIMARY KEY (level, "index"))
"""


class CountedTiles(StoredTiles):
    """Tiles of which every row that is read is counted."""

    rows = 0

    def read_tiles(self, keys: Collection[TileKey]) -> Mapping[TileKey, bytes]:
        """Return those of the tiles that there are."""
        found = super().read_tiles(keys)
        self.rows += len(found)
        return found


def leaves() -> Iterator[bytes]:
    """Yield the hashes of made-up leaves."""
    return (hashlib.sha256(b"%d" % number).digest() for number in range(SIZE))


def main() -> None:
    """Print the figures; the table is a temporary one that hides the real one, so that nothing is changed."""
    load_environment(load_config(sys.argv[1] if len(sys.argv) > 1 else "test.ini"))
    session = model.Session()
    session.execute(sa.text(TABLE))
    hashes, begin = list(leaves()), time.perf_counter()
    fill(session, hashes)
    print(f"tiles of {SIZE:,} leaves written: {SIZE / (time.perf_counter() - begin):,.0f} leaves a second")
    for index, size in PLACES:
        prove(session, hashes, index, size)
    begin = time.perf_counter()
    tiles.append(StoredTiles(session), SIZE, hashes[:1])
    root = tiles.root(StoredTiles(session), SIZE + 1)
    print(f"one more leaf, and the root for its checkpoint ({root.hex()[:8]}): {time.perf_counter() - begin:.4f} s")
    session.rollback()


def fill(session: Session, hashes: list[bytes]) -> None:
    """Write the tiles of the whole log at once."""
    made = MemoryTiles()
    tiles.append(made, 0, hashes)
    StoredTiles(session).write_tiles(made)


def prove(session: Session, hashes: list[bytes], index: int, size: int) -> None:
    """Make an inclusion and a consistency proof, and check them."""
    store, begin = CountedTiles(session), time.perf_counter()
    proof = tiles.inclusion_proof(store, index, size)
    seconds, rows = time.perf_counter() - begin, store.rows
    root = tiles.root(store, size)
    if not merkle.verify_inclusion(index, size, hashes[index], proof, root):
        raise SystemExit("the proof does not verify")
    store.rows, old = 0, max(1, index)
    extension = tiles.consistency_proof(store, old, size)
    both = rows, store.rows
    if not merkle.verify_consistency(old, size, tiles.root(store, old), extension, root) or max(both) > MOST_ROWS:
        raise SystemExit(f"the proof does not verify, or read {both} rows")
    print(f"leaf {index:,} of {size:,}: {rows} rows, {seconds * 1000:.1f} ms; consistency: {both[1]} rows")


if __name__ == "__main__":
    main()
