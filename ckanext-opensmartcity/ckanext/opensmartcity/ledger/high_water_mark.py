"""High-water mark of a signing key: the newest checkpoint that the key signed, in a file beside the key.

The database may be restored from a backup; the file is not. A log that does not contain the log of the mark is not
signed, so that one key never signs two logs of the same size. The file holds the signed checkpoint itself.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..tlog.checkpoint import SignedCheckpoint, parse_checkpoint
from ..tlog.signed_note import VerifierKey, verify_note


class HighWaterMark:
    """File of the newest checkpoint of a key. Hold the lock from reading it until the next checkpoint is written."""

    def __init__(self, key_path: Path) -> None:
        self.path = key_path.with_name(f"{key_path.name}.checkpoint")
        self.abandoned = key_path.with_name(f"{key_path.name}.abandoned")
        self._lock = key_path.with_name(f"{key_path.name}.lock")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the mark, also against programs that work with another database. Raises OSError."""
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def read(self, key: VerifierKey) -> SignedCheckpoint | None:
        """Return the newest checkpoint, None if the key has signed none yet.

        Raises OSError, and FormatError unless it is a checkpoint that the key signed.
        """
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return None
        signed = parse_checkpoint(text)
        verify_note(signed.note, [key])
        return signed

    def write(self, signed: SignedCheckpoint) -> None:
        """Replace the mark; return when file and folder are on the disk. Raises OSError."""
        temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            _write(temporary, os.O_TRUNC, signed)
            temporary.replace(self.path)
        finally:
            temporary.unlink(missing_ok=True)
        self._sync_folder()

    def abandon(self, signed: SignedCheckpoint) -> None:
        """Append a checkpoint that no longer counts to the file of abandoned ones. Raises OSError."""
        _write(self.abandoned, os.O_APPEND, signed)
        self._sync_folder()

    def _sync_folder(self) -> None:
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _write(path: Path, mode: int, signed: SignedCheckpoint) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | mode, 0o644), "wb") as file:
        file.write(str(signed.note).encode())
        file.flush()
        os.fsync(file.fileno())
