"""What was met before in a run, and where: on disk, so that memory does not grow with the files."""

from __future__ import annotations

import sqlite3
from types import TracebackType


class Places:
    """A table of keys and what is known of each; it is gone when it is closed."""

    def __init__(self) -> None:
        # SQLite keeps a database without a name in a temporary file of its own.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("CREATE TABLE place (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")

    def __enter__(self) -> Places:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def get(self, key: str) -> str | None:
        """Return what is known of a key, None where it was not met."""
        found = self._database.execute("SELECT value FROM place WHERE key = ?", (key,)).fetchone()
        return None if found is None else str(found[0])

    def put(self, key: str, value: str) -> None:
        """Remember a key, or what is known of it now."""
        self._database.execute("INSERT OR REPLACE INTO place VALUES (?, ?)", (key, value))
