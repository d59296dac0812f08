"""Checkpoints by C2SP tlog-checkpoint: a signed note that says how large a log is and which root it has."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..ledger_format.errors import Unreadable
from ..standard.i18n import N_
from .merkle import HASH_BYTES
from .signed_note import Note, Signer, from_base64, parse_note, sign, to_base64

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class Checkpoint:
    """A log's name, its size, and its root at this size."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"


@dataclass(frozen=True)
class SignedCheckpoint:
    """A checkpoint with the note that it came in."""

    checkpoint: Checkpoint
    note: Note

    @property
    def size(self) -> int:
        """The size of the log."""
        return self.checkpoint.size

    @property
    def root(self) -> bytes:
        """The root at this size."""
        return self.checkpoint.root


def issue(checkpoint: Checkpoint, signers: Iterable[Signer]) -> SignedCheckpoint:
    """Sign a checkpoint."""
    return SignedCheckpoint(checkpoint, sign(checkpoint.text, signers))


def parse_checkpoint(raw: str) -> SignedCheckpoint:
    """Read a signed checkpoint; Unreadable where it is none. Its signatures are not checked here."""
    note = parse_note(raw)
    lines = note.text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise Unreadable(N_("This is not a checkpoint: the name of the log, its size and its root are needed."))
    origin, size, encoded = lines[:3]
    root = from_base64(encoded)
    if not _SIZE.fullmatch(size) or root is None or len(root) != HASH_BYTES:
        raise Unreadable(N_("This is not a checkpoint: its size or its root cannot be read."))
    return SignedCheckpoint(Checkpoint(origin, int(size), root), note)
