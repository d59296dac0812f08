"""Evidence of a history: keys, checkpoints and consistency proofs, and the roots that a known key signed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypedDict

from ...tlog import BadSignature, UnknownKey
from ...tlog.checkpoint import SignedCheckpoint
from ...tlog.merkle import EMPTY_ROOT, verify_consistency
from ...tlog.signed_note import VerifierKey, verify_note
from ..history_file import ConsistencyProof, Part
from ..subject_head import SubjectRoot, subject_root
from .findings import Finding, error_finding, finding


class FileLine(TypedDict):
    """Position of a finding."""

    file: str
    line: int


@dataclass(frozen=True)
class Source:
    """File and line of a checkpoint or proof. `kept`: from a file of the user, so that the portal cannot change it."""

    file: str
    line: int
    kept: bool = False

    @property
    def position(self) -> FileLine:
        """File and line as arguments of a finding."""
        return {"file": self.file, "line": self.line}


@dataclass
class Evidence:
    """Keys, checkpoints and consistency proofs, all unverified, and findings about unreadable lines."""

    keys: list[VerifierKey] = field(default_factory=list)
    checkpoints: list[tuple[SignedCheckpoint, Source]] = field(default_factory=list)
    proofs: list[tuple[ConsistencyProof, Source]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def add(self, parts: Iterable[Part], source: Source) -> None:
        """Add the parts of a line; entries are ignored."""
        for part in parts:
            if isinstance(part, VerifierKey):
                self.keys.append(part)
            elif isinstance(part, SignedCheckpoint):
                self.checkpoints.append((part, source))
            elif isinstance(part, ConsistencyProof):
                self.proofs.append((part, source))


class TrustedRoots:
    """Root hashes by size, signed by a known key, and which of them are proven to belong to one log."""

    def __init__(self, keys: Sequence[VerifierKey]) -> None:
        self.keys = list(dict.fromkeys(keys))
        self.roots: dict[int, bytes] = {}
        self.subjects: dict[int, SubjectRoot] = {}
        # Files with a consistency proof that was verified.
        self.proving: set[str] = set()
        self.kept: dict[int, Source] = {}
        self._sources: dict[int, Source] = {}
        # Union-find: sizes of the same log have the same representative.
        self._linked: dict[int, int] = {}
        self._refuted: set[int] = set()

    @property
    def sizes(self) -> list[int]:
        """Sizes with a known root, sorted."""
        return sorted(self.roots)

    @property
    def newest(self) -> int:
        """Largest size with a known root, 0 if there is none."""
        return max(self.roots, default=0)

    def position(self, size: int) -> FileLine:
        """Return file and line of the checkpoint of a size, the kept one if there is one."""
        return self.kept.get(size, self._sources[size]).position

    def add(self, evidence: Evidence) -> Iterator[Finding]:
        """Verify and add checkpoints, then proofs; yield why one is rejected."""
        for signed, source in evidence.checkpoints:
            problem = self._reject(signed)
            if problem:
                yield replace(problem, **source.position)
                continue
            self.roots[signed.size] = signed.root
            if subjects := subject_root(signed.checkpoint):
                self.subjects.setdefault(signed.size, subjects)
            self._sources.setdefault(signed.size, source)
            if source.kept:
                self.kept.setdefault(signed.size, source)
        for consistency, source in evidence.proofs:
            sizes = consistency.old, consistency.new
            old_root, new_root = map(self.roots.get, sizes)
            if old_root is None or new_root is None:
                missing = sizes[0] if old_root is None else sizes[1]
                problem = finding("unlinked.proof", old=sizes[0], new=sizes[1], missing=missing)
                yield replace(problem, **source.position)
            elif verify_consistency(*sizes, old_root, consistency.proof, new_root):
                self.join(*sizes)
                self.proving.add(source.file)
            else:
                self._refuted |= set(sizes)
                yield replace(finding("rebuilt.proof", old=sizes[0], new=sizes[1]), **source.position)

    def _reject(self, signed: SignedCheckpoint) -> Finding | None:
        """Return why a checkpoint is not trusted, None if it is."""
        size, origin = signed.size, signed.checkpoint.origin
        try:
            signers = verify_note(signed.note, self.keys)
        except UnknownKey as error:
            return error_finding("unknown_key", error)
        except BadSignature as error:
            return error_finding("signature", error)
        if origin not in {key.name for key in signers}:
            return finding("origin", origin=origin[:100])
        if size == 0 and signed.root != EMPTY_ROOT:
            return finding("root.empty")
        other_subjects = subject_root(signed.checkpoint) not in (None, self.subjects.get(size))
        if self.roots.get(size, signed.root) != signed.root or (size in self.subjects and other_subjects):
            return finding("rebuilt.two", size=size, **self._sources[size].position)
        return None

    def join(self, one: int, other: int) -> None:
        """Record that the roots of two sizes belong to the same log."""
        self._linked[self._find(one)] = self._find(other)

    def same_log(self, one: int, other: int) -> bool:
        """Return whether the roots of two sizes are proven to belong to the same log. Every log begins empty."""
        return 0 in (one, other) or self._find(one) == self._find(other)

    def unlinked(self, shown: int) -> Iterator[Finding]:
        """Yield the kept checkpoints that are not proven to belong to the log that is shown."""
        for size, source in sorted(self.kept.items()):
            if not self.same_log(size, shown) and size not in self._refuted:
                name = "shorter.part" if size > shown else "unlinked.kept"
                yield replace(finding(name, size=size, shown=shown), **source.position)

    def _find(self, size: int) -> int:
        while self._linked.get(size, size) != size:
            size = self._linked[size]
        return size
