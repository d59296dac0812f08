"""Proving: that an event is in the signed log, and that one signed log is the beginning of another."""

from __future__ import annotations

from dataclasses import dataclass

import ckan.plugins.toolkit as tk
from sqlalchemy.orm import Session

from ..tlog import tiles
from ..tlog.signed_note import to_base64
from .model import log as ledger_log
from .model.log import Leaf, StoredCheckpoint, StoredTiles


@dataclass(frozen=True)
class Inclusion:
    """A leaf, the checkpoint in whose log it is, and the proof of that."""

    index: int
    leaf: bytes
    proof: list[bytes]
    checkpoint: StoredCheckpoint

    @property
    def text(self) -> str:
        """The proof in the form of C2SP tlog-proof, which other programs read too."""
        hashes = "".join(f"{to_base64(value)}\n" for value in self.proof)
        return f"c2sp.org/tlog-proof@v1\nindex {self.index}\n{hashes}\n{self.checkpoint.note}"


@dataclass(frozen=True)
class Extension:
    """The proof that the log of a size is the beginning of that of a checkpoint."""

    old: int
    proof: list[bytes]
    checkpoint: StoredCheckpoint


def find_checkpoint(session: Session, size: int | None) -> StoredCheckpoint:
    """Return the newest checkpoint, or that of a size; ObjectNotFound where there is none."""
    found = ledger_log.latest(session, size)
    if found is None:
        text = (
            tk._("No checkpoint has been signed yet.") if size is None else tk._("There is no checkpoint of this size.")
        )
        raise tk.ObjectNotFound(text)
    return found


def include(session: Session, event_id: str, size: int | None) -> Inclusion:
    """Prove that an event is in the log of a checkpoint."""
    leaf = ledger_log.find(session, event_id)
    if leaf is None:
        raise tk.ObjectNotFound(tk._("There is no event with this id."))
    checkpoint = find_checkpoint(session, size)
    if leaf.index is None or leaf.hash is None or leaf.index >= checkpoint.size:
        raise tk.ObjectNotFound(_why_not_yet(leaf, size))
    proof = tiles.inclusion_proof(StoredTiles(session), leaf.index, checkpoint.size)
    return Inclusion(leaf.index, bytes(leaf.hash), proof, checkpoint)


def _why_not_yet(leaf: Leaf, size: int | None) -> str:
    if size is None or leaf.index is None:
        return str(tk._("This event waits for the next checkpoint: ask again in a few minutes."))
    return str(tk._("This event was logged after the checkpoint of this size."))


def extend(session: Session, old: int, size: int | None) -> Extension:
    """Prove that the log of an older size is the beginning of the log of a checkpoint."""
    checkpoint = find_checkpoint(session, size)
    if not 0 < old <= checkpoint.size:
        text = tk._("Give a size from 1 to {size}: a log cannot be proven to begin a shorter one.")
        raise tk.ValidationError({"from_size": [text.format(size=checkpoint.size)]})
    return Extension(old, tiles.consistency_proof(StoredTiles(session), old, checkpoint.size), checkpoint)
