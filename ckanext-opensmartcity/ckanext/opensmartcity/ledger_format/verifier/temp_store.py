"""What a check must remember until its end, in a file that goes away by itself: memory stays the same for any log."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

_BATCH = 2000
_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -8192;
CREATE TABLE met (id TEXT, line INTEGER, position INTEGER);
CREATE TABLE hidden (leaf BLOB, line INTEGER);
CREATE TABLE wanted (leaf BLOB, line INTEGER, position INTEGER, id TEXT);
"""


class Notebook:
    """Ids that were met, hashes without events, and hashes that events say come before them."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(_TABLES)
        self._database.execute("BEGIN")
        self._met: list[tuple[str, int, int | None]] = []

    def close(self) -> None:
        """Let the file go."""
        self._database.close()

    def meet(self, event_id: str, line: int, index: int | None) -> None:
        """Note the id of an event."""
        self._met.append((event_id, line, index))
        if len(self._met) >= _BATCH:
            self._write()

    def hide(self, leaf: bytes, line: int) -> None:
        """Note a hash whose event the reader may not see."""
        self._database.execute("INSERT INTO hidden VALUES (?, ?)", (leaf, line))

    def want(self, leaf: bytes, line: int, index: int | None, event_id: str) -> None:
        """Note that an event says that it follows a hash that no event of the file has."""
        self._database.execute("INSERT INTO wanted VALUES (?, ?, ?, ?)", (leaf, line, index, event_id))

    def doubled(self) -> Iterator[tuple[str, int, int | None, int]]:
        """Yield id, line and index of each event whose id stands in an earlier line, and that line."""
        self._write()
        query = """
            SELECT id, line, position, first FROM
            (SELECT id, line, position, min(line) OVER (PARTITION BY id) AS first FROM met) WHERE line > first
        """
        yield from self._database.execute(query)

    def unmet(self) -> Iterator[tuple[int, int | None, str]]:
        """Yield line, index and id of each event that follows neither an event nor an earlier hash of the file."""
        query = """
            SELECT line, position, id FROM wanted
            WHERE NOT EXISTS (SELECT 1 FROM hidden WHERE hidden.leaf = wanted.leaf AND hidden.line < wanted.line)
        """
        self._database.execute("CREATE INDEX hidden_leaf ON hidden (leaf)")
        yield from self._database.execute(query)

    def _write(self) -> None:
        self._database.executemany("INSERT INTO met VALUES (?, ?, ?)", self._met)
        self._met.clear()
