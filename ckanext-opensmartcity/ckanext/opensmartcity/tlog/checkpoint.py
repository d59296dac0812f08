"""Checkpoints of C2SP tlog-checkpoint: a signed note that commits to the size and the root hash of a log."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from . import N_, FormatError
from .merkle import HASH_BYTES
from .signed_note import Note, Signer, from_base64, parse_note, sign_note, to_base64

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class Checkpoint:
    """Origin (the name of the log), size in leaves, root hash at this size, and extension lines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text to sign: three lines, the root in base64, and the extension lines."""
        return "\n".join((self.origin, str(self.size), to_base64(self.root), *self.extensions, ""))


@dataclass(frozen=True)
class SignedCheckpoint:
    """A checkpoint and the note that carries it."""

    checkpoint: Checkpoint
    note: Note

    @property
    def size(self) -> int:
        """Size of the log in leaves."""
        return self.checkpoint.size

    @property
    def root(self) -> bytes:
        """Root hash at this size."""
        return self.checkpoint.root


def sign_checkpoint(checkpoint: Checkpoint, signers: Iterable[Signer]) -> SignedCheckpoint:
    """Sign a checkpoint with each key."""
    return SignedCheckpoint(checkpoint, sign_note(checkpoint.text, signers))


def parse_checkpoint(raw: str) -> SignedCheckpoint:
    """Parse a signed checkpoint without verifying its signatures. Extension lines are kept as they are.

    Raises FormatError.
    """
    note = parse_note(raw)
    lines = note.text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise FormatError(N_("This is not a checkpoint: the name of the log, its size and its root are needed."))
    origin, size, encoded, *extensions = lines
    root = from_base64(encoded)
    if not _SIZE.fullmatch(size) or root is None or len(root) != HASH_BYTES:
        raise FormatError(N_("This is not a checkpoint: its size or its root cannot be read."))
    return SignedCheckpoint(Checkpoint(origin, int(size), root, tuple(extensions)), note)
