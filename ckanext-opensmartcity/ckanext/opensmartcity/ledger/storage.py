"""Where the tiles of the tree are kept: what the ledger asks of a store, and one in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

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
