"""Index for duplicate detection during one import run: key to value, in a temporary SQLite database.

The index is on disk, so that memory use does not grow with the number of imported records.
"""

from __future__ import annotations

import sqlite3
from types import TracebackType


class DuplicateIndex:
    """Key-value store that is deleted when it is closed. Use it as a context manager."""

    def __init__(self) -> None:
        # With an empty name, SQLite creates a temporary file and deletes it on close.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")

    def __enter__(self) -> DuplicateIndex:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def get(self, key: str) -> str | None:
        """Return the value of a key, or None if the key has not been seen in this run."""
        row = self._database.execute("SELECT value FROM seen WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def put(self, key: str, value: str) -> None:
        """Set the value of a key, replacing an earlier value."""
        self._database.execute("INSERT OR REPLACE INTO seen VALUES (?, ?)", (key, value))
