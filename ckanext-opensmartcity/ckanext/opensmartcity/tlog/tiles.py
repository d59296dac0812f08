"""Merkle tree stored as tiles of C2SP tlog-tiles: 256 hashes each, so that any proof reads only a few of them.

`TileStore` is the interface of a store. A ledger keeps tiles in the database; `MemoryTileStore` serves tests.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from .merkle import HASH_BYTES, Node, Range, complete_nodes, consistency_ranges, fold, inclusion_ranges, root_of

HEIGHT = 8
WIDTH = 1 << HEIGHT

TileKey = tuple[int, int]
"""Level of a tile and its number from the left on that level."""


class TileDamaged(Exception):
    """A tile is missing, or shorter than the size of the log requires. `key` is its level and number."""

    def __init__(self, key: TileKey) -> None:
        super().__init__(f"tile {key[1]} of level {key[0]} is missing or too short")
        self.key = key


class TileStore(Protocol):
    """Stores tiles: up to 256 neighbouring hashes of one level, concatenated."""

    def read_tiles(self, keys: Collection[TileKey]) -> Mapping[TileKey, bytes]:
        """Return those of the tiles that exist."""

    def write_tiles(self, tiles: Mapping[TileKey, bytes]) -> None:
        """Store tiles, replacing shorter ones with the same keys."""


class MemoryTileStore(dict[TileKey, bytes]):
    """Tiles in memory."""

    def read_tiles(self, keys: Collection[TileKey]) -> Mapping[TileKey, bytes]:
        """Return those of the tiles that exist."""
        return {key: self[key] for key in keys if key in self}

    def write_tiles(self, tiles: Mapping[TileKey, bytes]) -> None:
        """Store tiles, replacing shorter ones with the same keys."""
        self.update(tiles)


def append(store: TileStore, size: int, leaves: Sequence[bytes]) -> int:
    """Append leaf hashes to a tree of this size and return its new size.

    Raises TileDamaged if the last tile of a level is missing or short.
    """
    level, position, hashes = 0, size, leaves
    step = WIDTH * HASH_BYTES
    while hashes:
        number, filled = divmod(position, WIDTH)
        partial = store.read_tiles([(level, number)]).get((level, number), b"") if filled else b""
        if len(partial) != filled * HASH_BYTES:
            raise TileDamaged((level, number))
        data = partial + b"".join(hashes)
        tiles = {(level, number + at // step): data[at : at + step] for at in range(0, len(data), step)}
        store.write_tiles(tiles)
        hashes = [tile_root(tile) for _key, tile in sorted(tiles.items()) if len(tile) == step]
        level, position = level + 1, position >> HEIGHT
    return size + len(leaves)


def replace(store: TileStore, leaves: Mapping[int, bytes]) -> None:
    """Replace leaf hashes by position, for a tree whose leaves change. Raises TileDamaged if there is no such leaf."""
    level, changed = 0, dict(leaves)
    while changed:
        keys = {(level, position // WIDTH) for position in changed}
        tiles = {key: bytearray(tile) for key, tile in store.read_tiles(sorted(keys)).items()}
        for position, value in changed.items():
            number, place = divmod(position, WIDTH)
            tile = tiles.get((level, number))
            if tile is None or len(tile) < (place + 1) * HASH_BYTES:
                raise TileDamaged((level, number))
            tile[place * HASH_BYTES : (place + 1) * HASH_BYTES] = value
        store.write_tiles({key: bytes(tile) for key, tile in tiles.items()})
        # Only the roots of full tiles are leaves of the next level.
        full = {key[1]: bytes(tile) for key, tile in tiles.items() if len(tile) == WIDTH * HASH_BYTES}
        level, changed = level + 1, {number: tile_root(tile) for number, tile in full.items()}


def root(store: TileStore, size: int) -> bytes:
    """Return the root hash of the tree at this size, which may be an earlier one. Raises TileDamaged."""
    return range_hashes(store, [(0, size)])[0]


def inclusion_proof(store: TileStore, index: int, size: int) -> list[bytes]:
    """Return the proof that a leaf is in the tree of this size (RFC 9162, 2.1.3). Raises TileDamaged, ValueError."""
    return range_hashes(store, inclusion_ranges(index, size))


def consistency_proof(store: TileStore, old: int, new: int) -> list[bytes]:
    """Return the proof that the tree of the old size is a prefix of the new one (RFC 9162, 2.1.4).

    Raises TileDamaged, and ValueError for sizes that have no proof.
    """
    return range_hashes(store, consistency_ranges(old, new))


def range_hashes(store: TileStore, ranges: Sequence[Range]) -> list[bytes]:
    """Return the root hash over each range of leaves. All tiles are read in one call. Raises TileDamaged."""
    nodes = [complete_nodes(leaves) for leaves in ranges]
    keys = {_locate(node)[0] for parts in nodes for node in parts}
    tiles = store.read_tiles(sorted(keys)) if keys else {}
    hashes = []
    for parts in nodes:
        subtrees = []
        for key, first, count in map(_locate, parts):
            data = tiles.get(key, b"")[first * HASH_BYTES : (first + count) * HASH_BYTES]
            if len(data) != count * HASH_BYTES:
                raise TileDamaged(key)
            subtrees.append(tile_root(data))
        hashes.append(fold(subtrees))
    return hashes


def _locate(node: Node) -> tuple[TileKey, int, int]:
    """Return the tile that covers a node, the position of its first hash in the tile, and their number."""
    level, index = node
    tile_level, height = divmod(level, HEIGHT)
    number, first = divmod(index << height, WIDTH)
    return (tile_level, number), first, 1 << height


def tile_root(tile: bytes) -> bytes:
    """Return the root hash over the hashes of a tile."""
    return root_of(hashes_of(tile))


def hashes_of(tile: bytes) -> Iterable[bytes]:
    """Yield the hashes of a tile."""
    return (tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES))
