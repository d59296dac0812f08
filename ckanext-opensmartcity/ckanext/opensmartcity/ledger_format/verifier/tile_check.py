"""Comparison of stored tiles (C2SP tlog-tiles) with those computed from the leaves, in one pass."""

from __future__ import annotations

from collections.abc import Iterator

from ...tlog.merkle import HASH_BYTES
from ...tlog.tiles import WIDTH, TileKey, TileStore, tile_root


class TileCheck:
    """Takes all leaves in order and keeps one unfinished tile per level."""

    def __init__(self, store: TileStore) -> None:
        self._store = store
        self._unfinished: list[bytearray] = []
        self._finished: list[int] = []

    def add(self, leaf: bytes, level: int = 0) -> Iterator[TileKey]:
        """Yield the keys of tiles that this leaf completes and that are stored with other bytes."""
        if level == len(self._unfinished):
            self._unfinished.append(bytearray())
            self._finished.append(0)
        tile = self._unfinished[level]
        tile += leaf
        if len(tile) == WIDTH * HASH_BYTES:
            yield from self._compare((level, self._finished[level]), bytes(tile))
            self._finished[level] += 1
            self._unfinished[level] = bytearray()
            yield from self.add(tile_root(bytes(tile)), level + 1)

    def end(self) -> Iterator[TileKey]:
        """Yield the keys of the partial tiles that are stored with other bytes."""
        for level, tile in enumerate(self._unfinished):
            if tile:
                yield from self._compare((level, self._finished[level]), bytes(tile))

    def _compare(self, key: TileKey, tile: bytes) -> Iterator[TileKey]:
        if self._store.read_tiles([key]).get(key) != tile:
            yield key
