"""What is known of a log from its signed checkpoints: roots by size, and which of them are proven to be of one log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from .checkpoint import SignedCheckpoint
from .findings import Finding, finding
from .heads import Heads, Source
from .history import Consistency
from .keys import VerifierKey
from .merkle import EMPTY_ROOT, verify_consistency
from .note import BadSignature, UnknownKey, check


class Trust:
    """Signed roots by size. Only what a known key signed counts."""

    def __init__(self, keys: Sequence[VerifierKey]) -> None:
        self.keys = list(dict.fromkeys(keys))
        self.roots: dict[int, bytes] = {}
        self.kept: dict[int, Source] = {}
        self._sources: dict[int, Source] = {}
        self._linked: dict[int, int] = {}
        self._refuted: set[int] = set()

    @property
    def sizes(self) -> list[int]:
        """The sizes of which a root is known, in order."""
        return sorted(self.roots)

    def source(self, size: int) -> Source:
        """Return where the checkpoint of a size was read, the reader's own where there is one."""
        return self.kept.get(size, self._sources[size])

    def take(self, heads: Heads) -> Iterator[Finding]:
        """Take in the checkpoints and then the proofs of files, or yield why one is not believed."""
        for signed, source in heads.checkpoints:
            yield from self._add(signed, source)
        for proof, source in heads.proofs:
            yield from self._link(proof, source)

    def _add(self, signed: SignedCheckpoint, source: Source) -> Iterator[Finding]:
        problem = self._judge(signed)
        if problem:
            yield replace(problem, file=source.file, line=source.line)
            return
        self.roots[signed.size] = signed.root
        self._sources.setdefault(signed.size, source)
        if source.kept:
            self.kept.setdefault(signed.size, source)

    def _judge(self, signed: SignedCheckpoint) -> Finding | None:
        size, origin = signed.size, signed.checkpoint.origin
        try:
            signers = check(signed.note, self.keys)
        except UnknownKey as error:
            return Finding("unknown_key", error.message)
        except BadSignature as error:
            return Finding("signature", error.message)
        if origin not in {key.name for key in signers}:
            return finding("origin", origin=origin[:100])
        if size == 0 and signed.root != EMPTY_ROOT:
            return finding("root.empty")
        if self.roots.get(size, signed.root) != signed.root:
            other = self._sources[size]
            return finding("rebuilt.two", size=size, file=other.file, line=other.line)
        return None

    def _link(self, proof: Consistency, source: Source) -> Iterator[Finding]:
        old, new = self.roots.get(proof.old), self.roots.get(proof.new)
        if old is None or new is None:
            return
        if verify_consistency(proof.old, proof.new, old, proof.proof, new):
            self.join(proof.old, proof.new)
        else:
            self._refuted |= {proof.old, proof.new}
            problem = finding("rebuilt.proof", old=proof.old, new=proof.new)
            yield replace(problem, file=source.file, line=source.line)

    def join(self, one: int, other: int) -> None:
        """Note that the roots of two sizes are of the same log."""
        self._linked[self._find(one)] = self._find(other)

    def same_log(self, one: int, other: int) -> bool:
        """Tell whether the roots of two sizes are proven to be of the same log; the empty log begins every log."""
        return 0 in (one, other) or self._find(one) == self._find(other)

    def unlinked(self, shown: int) -> Iterator[Finding]:
        """Yield the kept checkpoints that nothing proves to be of the log that is shown."""
        for size, source in sorted(self.kept.items()):
            if not self.same_log(size, shown) and size not in self._refuted:
                name = "shorter.part" if size > shown else "unlinked.kept"
                yield replace(finding(name, size=size, shown=shown), file=source.file, line=source.line)

    def _find(self, size: int) -> int:
        while self._linked.get(size, size) != size:
            size = self._linked[size]
        return size
