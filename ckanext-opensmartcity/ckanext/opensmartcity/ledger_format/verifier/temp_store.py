"""Temporary SQLite store that keeps the memory of the verifier constant for a log of any length."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

_BATCH = 2000
_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -8192;
CREATE TABLE event (id TEXT, line INTEGER, position INTEGER);
CREATE TABLE hidden (leaf BLOB, line INTEGER);
CREATE TABLE predecessor (leaf BLOB, line INTEGER, position INTEGER, id TEXT);
"""


class TempStore:
    """Event ids, leaf hashes of hidden events, and predecessors that were not the last event of their subject.

    SQLite deletes the file when the store is closed, or when the process ends.
    """

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(_TABLES)
        self._database.execute("BEGIN")
        self._events: list[tuple[str, int, int | None]] = []

    def close(self) -> None:
        """Close the database, which deletes its file."""
        self._database.close()

    def add_event(self, event_id: str, line: int, index: int | None) -> None:
        """Store the id of an event."""
        self._events.append((event_id, line, index))
        if len(self._events) >= _BATCH:
            self._flush()

    def add_hidden(self, leaf: bytes, line: int) -> None:
        """Store the leaf hash of an event that the reader may not see."""
        self._database.execute("INSERT INTO hidden VALUES (?, ?)", (leaf, line))

    def add_predecessor(self, leaf: bytes, line: int, index: int | None, event_id: str) -> None:
        """Store the `previous` hash of an event that no visible event of the subject has."""
        self._database.execute("INSERT INTO predecessor VALUES (?, ?, ?, ?)", (leaf, line, index, event_id))

    def duplicates(self) -> Iterator[tuple[str, int, int | None, int]]:
        """Yield id, line and index of each event whose id occurs in an earlier line, and that line."""
        self._flush()
        query = """
            SELECT id, line, position, first FROM
            (SELECT id, line, position, min(line) OVER (PARTITION BY id) AS first FROM event) WHERE line > first
        """
        yield from self._database.execute(query)

    def lines_of(self, event_ids: Iterable[str]) -> Iterator[tuple[str, int, int | None]]:
        """Yield id, line and index of the stored events with these ids."""
        self._flush()
        for event_id in event_ids:
            yield from self._database.execute("SELECT id, line, position FROM event WHERE id = ?", (event_id,))

    def unknown_predecessors(self) -> Iterator[tuple[int, int | None, str]]:
        """Yield line, index and id of each event whose predecessor is not a hidden event of an earlier line either."""
        query = """
            SELECT line, position, id FROM predecessor
            WHERE NOT EXISTS
            (SELECT 1 FROM hidden WHERE hidden.leaf = predecessor.leaf AND hidden.line < predecessor.line)
        """
        self._database.execute("CREATE INDEX hidden_leaf ON hidden (leaf)")
        yield from self._database.execute(query)

    def _flush(self) -> None:
        self._database.executemany("INSERT INTO event VALUES (?, ?, ?)", self._events)
        self._events.clear()
