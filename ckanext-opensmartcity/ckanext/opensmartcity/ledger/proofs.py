"""Inclusion and consistency proofs of RFC 9162 from the stored tiles of the log."""

from __future__ import annotations

from dataclasses import dataclass

import ckan.plugins.toolkit as tk
from sqlalchemy.orm import Session

from ..tlog import tiles
from ..tlog.signed_note import to_base64
from .model import log as ledger_log
from .model.log import StoredCheckpoint, StoredTiles


@dataclass(frozen=True)
class Inclusion:
    """Inclusion proof of a leaf in the log of a checkpoint."""

    index: int
    leaf: bytes
    proof: list[bytes]
    checkpoint: StoredCheckpoint

    @property
    def text(self) -> str:
        """The proof in the format of C2SP tlog-proof."""
        hashes = "".join(f"{to_base64(value)}\n" for value in self.proof)
        return f"c2sp.org/tlog-proof@v1\nindex {self.index}\n{hashes}\n{self.checkpoint.note}"


@dataclass(frozen=True)
class Consistency:
    """Consistency proof: the log of size `old` is the beginning of the log of the checkpoint."""

    old: int
    proof: list[bytes]
    checkpoint: StoredCheckpoint


def find_checkpoint(session: Session, size: int | None) -> StoredCheckpoint:
    """Return the checkpoint of a size, or the newest one; raise ObjectNotFound if there is none."""
    checkpoint = ledger_log.latest(session, size)
    if checkpoint is None:
        text = (
            tk._("No checkpoint has been signed yet.") if size is None else tk._("There is no checkpoint of this size.")
        )
        raise tk.ObjectNotFound(text)
    return checkpoint


def prove_inclusion(session: Session, event_id: str, size: int | None) -> Inclusion:
    """Prove that an event is in the log of a checkpoint; raise ObjectNotFound if it is not, or not yet."""
    leaf = ledger_log.find(session, event_id)
    if leaf is None:
        raise tk.ObjectNotFound(tk._("There is no event with this id."))
    checkpoint = find_checkpoint(session, size)
    if leaf.index is None or leaf.hash is None or leaf.index >= checkpoint.size:
        if size is None or leaf.index is None:
            raise tk.ObjectNotFound(tk._("This event waits for the next checkpoint: ask again in a few minutes."))
        raise tk.ObjectNotFound(tk._("This event was logged after the checkpoint of this size."))
    proof = tiles.inclusion_proof(StoredTiles(session), leaf.index, checkpoint.size)
    return Inclusion(leaf.index, bytes(leaf.hash), proof, checkpoint)


def prove_consistency(session: Session, old: int, size: int | None) -> Consistency:
    """Prove that the log of an older size is the beginning of the log of a checkpoint.

    Raise ValidationError if `old` is not between 1 and the size of the checkpoint.
    """
    checkpoint = find_checkpoint(session, size)
    if not 0 < old <= checkpoint.size:
        text = tk._("Give a size from 1 to {size}: a log cannot be the beginning of a shorter one.")
        raise tk.ValidationError({"from_size": [text.format(size=checkpoint.size)]})
    return Consistency(old, tiles.consistency_proof(StoredTiles(session), old, checkpoint.size), checkpoint)
