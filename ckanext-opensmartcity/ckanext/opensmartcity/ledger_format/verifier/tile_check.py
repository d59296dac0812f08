"""Compares stored tiles with those that the leaves give, as the leaves come."""

from __future__ import annotations

from collections.abc import Iterator

from ...tlog.merkle import HASH_BYTES
from ...tlog.tiles import WIDTH, TileKey, TileStore, tile_root


class TileCheck:
    """Takes every leaf in order; keeps the open tile of each level."""

    def __init__(self, store: TileStore) -> None:
        self._store = store
        self._open: list[bytearray] = []
        self._filled: list[int] = []

    def add(self, leaf: bytes, level: int = 0) -> Iterator[TileKey]:
        """Yield the keys of tiles that were filled by this leaf and are stored otherwise."""
        if level == len(self._open):
            self._open.append(bytearray())
            self._filled.append(0)
        tile = self._open[level]
        tile += leaf
        if len(tile) == WIDTH * HASH_BYTES:
            yield from self._compare((level, self._filled[level]), bytes(tile))
            self._filled[level] += 1
            self._open[level] = bytearray()
            yield from self.add(tile_root(bytes(tile)), level + 1)

    def end(self) -> Iterator[TileKey]:
        """Yield the keys of the last, partial tiles that are stored otherwise."""
        for level, tile in enumerate(self._open):
            if tile:
                yield from self._compare((level, self._filled[level]), bytes(tile))

    def _compare(self, key: TileKey, tile: bytes) -> Iterator[TileKey]:
        if self._store.read_tiles([key]).get(key) != tile:
            yield key
