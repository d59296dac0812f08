"""Heads of the histories of subjects: a second Merkle tree, which proves that a history has no events left out.

Each subject of the log (a dataset, an algorithm, an organisation) has one leaf in this tree, in the order of their
first events. The leaf commits to the number of its events and to a running digest over their leaf hashes. A checkpoint
carries the size and the root of the tree as an extension line (C2SP tlog-checkpoint), so that it is signed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..tlog.checkpoint import Checkpoint
from ..tlog.merkle import EMPTY_ROOT, HASH_BYTES, root_of
from ..tlog.signed_note import from_base64, to_base64
from .canonical_json import canonical_bytes
from .event import leaf_hash

EMPTY_DIGEST = bytes(HASH_BYTES)
_PREFIX = "opensmartcity-subjects"
_LINE = re.compile(rf"{_PREFIX} (0|[1-9][0-9]{{0,14}}) ([A-Za-z0-9+/]{{43}}=)")


def extend_digest(digest: bytes, leaf: bytes) -> bytes:
    """Return the digest of a history after one more event: SHA-256 over a two byte, the digest before and the leaf."""
    return hashlib.sha256(b"\x02" + digest + leaf).digest()


@dataclass(frozen=True)
class SubjectHead:
    """Number of the events of a subject, and the digest over their leaf hashes in the order of the log."""

    subject_id: str
    events: int = 0
    digest: bytes = EMPTY_DIGEST

    def extended(self, leaf: bytes) -> SubjectHead:
        """Return the head after one more event."""
        return SubjectHead(self.subject_id, self.events + 1, extend_digest(self.digest, leaf))

    @property
    def leaf(self) -> bytes:
        """Leaf hash in the tree of subjects (RFC 9162, 2.1.1), over the canonical JSON of the head."""
        return leaf_hash(
            canonical_bytes({"digest": self.digest.hex(), "events": self.events, "subject": self.subject_id})
        )


@dataclass(frozen=True)
class SubjectRoot:
    """Number of subjects of a log, and the root hash over their heads."""

    count: int
    root: bytes = EMPTY_ROOT

    @property
    def line(self) -> str:
        """Extension line of a checkpoint."""
        return f"{_PREFIX} {self.count} {to_base64(self.root)}"


def subject_root(checkpoint: Checkpoint) -> SubjectRoot | None:
    """Return the root of the heads that a checkpoint commits to; None for one from before there were heads."""
    for line in checkpoint.extensions:
        match = _LINE.fullmatch(line)
        root = from_base64(match[2]) if match else None
        if match and root is not None:
            return SubjectRoot(int(match[1]), root)
    return None


class SubjectTree:
    """Heads of all subjects of a log, computed from its leaves in their order."""

    def __init__(self) -> None:
        self._heads: dict[str, SubjectHead] = {}

    def add(self, subject_id: str, leaf: bytes) -> None:
        """Add the next leaf of the log."""
        self._heads[subject_id] = self._heads.get(subject_id, SubjectHead(subject_id)).extended(leaf)

    @property
    def heads(self) -> Sequence[SubjectHead]:
        """The heads in the order of the tree."""
        return list(self._heads.values())

    def root(self) -> SubjectRoot:
        """Return the root over the heads."""
        return SubjectRoot(len(self._heads), root_of(head.leaf for head in self._heads.values()))
