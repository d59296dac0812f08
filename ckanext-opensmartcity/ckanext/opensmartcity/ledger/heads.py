"""What files say apart from their entries: keys, checkpoints, proofs that one log is the beginning of another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .checkpoint import SignedCheckpoint
from .findings import Finding
from .history import Consistency, Part
from .keys import VerifierKey


@dataclass(frozen=True)
class Source:
    """Where something was read; `kept` if the reader kept it, so that the portal cannot have changed it since."""

    file: str
    line: int
    kept: bool = False


@dataclass
class Heads:
    """Keys, checkpoints and consistency proofs, none of them checked yet, and what could not be read."""

    keys: list[VerifierKey] = field(default_factory=list)
    checkpoints: list[tuple[SignedCheckpoint, Source]] = field(default_factory=list)
    proofs: list[tuple[Consistency, Source]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def take(self, parts: Iterable[Part], source: Source) -> None:
        """Sort the parts of a line; entries are left to the second pass."""
        for part in parts:
            if isinstance(part, VerifierKey):
                self.keys.append(part)
            elif isinstance(part, SignedCheckpoint):
                self.checkpoints.append((part, source))
            elif isinstance(part, Consistency):
                self.proofs.append((part, source))
