"""Where the tiles of the tree are kept: what the ledger asks of a store, and one in memory."""
# MERGED The tree as tiles, in the shape of C2SP tlog-tiles: any proof is read from a few of them.

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from .merkle import HASH_BYTES, Node, Range, complete_nodes, consistency_ranges, fold, inclusion_ranges, root_of

TileKey = tuple[int, int]
"""A tile's level and its place from the left on that level."""


class TileStore(Protocol):
    """Keeps tiles: the hashes of up to 256 neighbours of one level, one after the other."""

    def read_tiles(self, keys: Collection[TileKey]) -> Mapping[TileKey, bytes]:
        """Return those of the tiles that there are."""

    def write_tiles(self, tiles: Mapping[TileKey, bytes]) -> None:
        """Keep tiles, in the place of shorter ones with the same keys."""


class MemoryTiles(dict[TileKey, bytes]):
    """Tiles in memory."""

    def read_tiles(self, keys: Collection[TileKey]) -> Mapping[TileKey, bytes]:
        """Return those of the tiles that there are."""
        return {key: self[key] for key in keys if key in self}

    def write_tiles(self, tiles: Mapping[TileKey, bytes]) -> None:
        """Keep tiles, in the place of shorter ones with the same keys."""
        self.update(tiles)


HEIGHT = 8
WIDTH = 1 << HEIGHT


class TileDamaged(Exception):
    """A tile is missing or shorter than the size of the log says."""

    def __init__(self, key: TileKey) -> None:
        super().__init__(f"tile {key[1]} of level {key[0]} is missing or too short")
        self.key = key


def append(store: TileStore, size: int, leaves: Sequence[bytes]) -> int:
    """Add the hashes of leaves to a tree of this size; return the new size."""
    level, place, hashes = 0, size, leaves
    while hashes:
        tiles = _extended(store, level, place, hashes)
        store.write_tiles(tiles)
        hashes = [tile_root(tile) for _key, tile in sorted(tiles.items()) if len(tile) == WIDTH * HASH_BYTES]
        level, place = level + 1, place >> HEIGHT
    return size + len(leaves)


def _extended(store: TileStore, level: int, place: int, hashes: Sequence[bytes]) -> dict[TileKey, bytes]:
    """Return the tiles of a level that change when hashes are added from this place on."""
    number, filled = divmod(place, WIDTH)
    data = (_begun(store, (level, number), filled) if filled else b"") + b"".join(hashes)
    step = WIDTH * HASH_BYTES
    return {(level, number + at // step): data[at : at + step] for at in range(0, len(data), step)}


def _begun(store: TileStore, key: TileKey, filled: int) -> bytes:
    tile = store.read_tiles([key]).get(key, b"")
    if len(tile) != filled * HASH_BYTES:
        raise TileDamaged(key)
    return tile


def root(store: TileStore, size: int) -> bytes:
    """Return the root of the tree of this size, today's or an older one."""
    return range_hashes(store, [(0, size)])[0]


def inclusion_proof(store: TileStore, index: int, size: int) -> list[bytes]:
    """Return the proof that a leaf is in the tree of this size (RFC 9162, 2.1.3)."""
    return range_hashes(store, inclusion_ranges(index, size))


def consistency_proof(store: TileStore, old: int, new: int) -> list[bytes]:
    """Return the proof that the tree of the old size is the beginning of that of the new one (RFC 9162, 2.1.4)."""
    return range_hashes(store, consistency_ranges(old, new))


def range_hashes(store: TileStore, ranges: Sequence[Range]) -> list[bytes]:
    """Return the root over each range of leaves, by one read of all the tiles that they need."""
    nodes = [complete_nodes(leaves) for leaves in ranges]
    keys = {_place(node)[0] for parts in nodes for node in parts}
    tiles = store.read_tiles(sorted(keys)) if keys else {}
    return [fold([_node_hash(tiles.get(_place(node)[0], b""), node) for node in parts]) for parts in nodes]


def _place(node: Node) -> tuple[TileKey, int, int]:
    """Return the tile of a node, the first of its hashes there, and how many they are."""
    level, index = node
    tile_level, height = divmod(level, HEIGHT)
    number, first = divmod(index << height, WIDTH)
    return (tile_level, number), first, 1 << height


def _node_hash(tile: bytes, node: Node) -> bytes:
    key, first, count = _place(node)
    part = tile[first * HASH_BYTES : (first + count) * HASH_BYTES]
    if len(part) != count * HASH_BYTES:
        raise TileDamaged(key)
    return tile_root(part)


def tile_root(tile: bytes) -> bytes:
    """Return the root over the hashes of a tile."""
    return root_of(hashes_of(tile))


def hashes_of(tile: bytes) -> Iterable[bytes]:
    """Yield the hashes of a tile."""
    return (tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES))
