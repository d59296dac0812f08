"""Verification of a log, whole or in part, against signed checkpoints. No statement of the history itself is trusted.

`Evidence` collects keys, checkpoints and consistency proofs from files. `TrustedRoots` keeps the roots that a known key
signed. `HistoryVerifier` takes the entries in order: without proofs it computes the roots of the whole log
(`TreeCheck`), with proofs it verifies each against its checkpoint. Stored tiles (C2SP tlog-tiles) are compared in the
same pass with those computed from the leaves.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypedDict

from ...tlog import BadSignature, UnknownKey
from ...tlog.checkpoint import SignedCheckpoint
from ...tlog.merkle import EMPTY_ROOT, HASH_BYTES, Frontier, InclusionVerifier, verify_consistency
from ...tlog.signed_note import VerifierKey, verify_note
from ...tlog.tiles import WIDTH, TileKey, TileStore, tile_root
from ..history_file import ConsistencyProof, Entry, Part
from .findings import Finding, error_finding, finding
from .hash_chain import HashChains
from .temp_store import TempStore


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
        self.kept: dict[int, Source] = {}
        self._sources: dict[int, Source] = {}
        # Union-find: sizes of the same log have the same representative.
        self._linked: dict[int, int] = {}
        self._refuted: set[int] = set()

    @property
    def sizes(self) -> list[int]:
        """Sizes with a known root, sorted."""
        return sorted(self.roots)

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
            self._sources.setdefault(signed.size, source)
            if source.kept:
                self.kept.setdefault(signed.size, source)
        for consistency, source in evidence.proofs:
            sizes = consistency.old, consistency.new
            old_root, new_root = map(self.roots.get, sizes)
            if old_root is None or new_root is None:
                continue
            if verify_consistency(*sizes, old_root, consistency.proof, new_root):
                self.join(*sizes)
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
        if self.roots.get(size, signed.root) != signed.root:
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


class TreeCheck:
    """Computes the roots of a whole log from its leaves. After a gap it can compute none, and reports the gap."""

    def __init__(self, roots: TrustedRoots) -> None:
        self.begun = False
        self.matched: list[int] = []
        self.differing: list[int] = []
        self._roots = roots
        self._tree = Frontier()
        # The tree of the stated hashes, from the first event on that does not match its hash.
        self._stated: Frontier | None = None
        self._complete = True

    @property
    def size(self) -> int:
        """Number of leaves before the first gap."""
        return self._tree.size

    def add(self, entry: Entry) -> Iterator[Finding]:
        """Add a leaf; yield the gap before it."""
        self.begun = True
        if not self._complete or entry.index is None:
            return
        if entry.index > self.size:
            self._complete = False
            yield finding("missing", first=self.size, last=entry.index - 1)
        elif entry.index == self.size:
            self._append(entry)

    def _append(self, entry: Entry) -> None:
        """Append a leaf and compare the root with the signed one of this size."""
        if entry.stated is not None and entry.stated != entry.leaf and self._stated is None:
            self._stated = self._tree.copy()
        if self._stated:
            self._stated.append(entry.stated if entry.stated is not None else entry.leaf)
        self._tree.append(entry.leaf)
        root = self._roots.roots.get(self.size)
        if root is None:
            return
        if root == self._tree.root():
            self._roots.join(self.size, self.matched[-1] if self.matched else self.size)
            self.matched.append(self.size)
        # If the stated hashes give the root, the altered events are already reported.
        elif not self._stated or self._stated.root() != root:
            self.differing.append(self.size)

    def end(self) -> Iterator[Finding]:
        """Yield where computed and signed roots differ, and events that no checkpoint covers."""
        if not self.begun:
            return
        matched = self.matched[-1] if self.matched else 0
        for size in self.differing[: bisect_right(self.differing, matched)]:
            yield finding("rebuilt.derived", size=size, **self._roots.position(size))
        later = [size for size in self.differing if size > matched]
        if later:
            position = self._roots.position(later[0])
            yield finding("root.derived", first=matched, last=later[0] - 1, size=later[0], **position)
        beyond = [size for size in self._roots.sizes if size > self.size]
        if beyond and self._complete:
            position = self._roots.position(beyond[-1])
            yield finding("shorter.derived", events=self.size, size=beyond[-1], **position)
        elif self._complete and not later and not self._stated and matched < self.size and self._roots.roots:
            yield finding("unproven.rest", index=matched)


@dataclass
class Counts:
    """Numbers of visible events, of hidden events, and of events that wait to be added to the log."""

    events: int = 0
    hidden: int = 0
    waiting: int = 0


class HistoryVerifier:
    """Verifies the entries of one history in their order."""

    def __init__(self, roots: TrustedRoots, counts: Counts) -> None:
        self._roots = roots
        self._counts = counts
        self._store = TempStore()
        self.chains = HashChains(self._store)
        self._tree = TreeCheck(roots)
        self._proven: dict[int, InclusionVerifier] = {}
        self._last_index = -1

    def add(self, entry: Entry, line: int) -> Iterator[Finding]:
        """Yield the findings about an entry."""
        for problem in self._check_position(entry):
            yield replace(problem, line=line, index=entry.index, event_id=entry.event_id)
        if entry.event is None:
            self._counts.hidden += 1
            self._store.add_hidden(entry.leaf, line)
        else:
            self._counts.events += 1
            self._store.add_event(entry.event["id"], line, entry.index)
            yield from self.chains.add(entry.event, entry.leaf, line, entry.index)

    def _check_position(self, entry: Entry) -> Iterator[Finding]:
        """Yield what is wrong with the hash, the index and the proof of an entry."""
        if entry.stated is not None and entry.stated != entry.leaf:
            yield finding("altered")
        if entry.index is None:
            self._counts.waiting += 1
            return
        if entry.index <= self._last_index:
            yield finding("order", last=self._last_index)
        self._last_index = entry.index
        if entry.proof is None:
            yield from self._tree.add(entry)
            return
        size = entry.size or 0
        root = self._roots.roots.get(size)
        if root is None:
            yield finding("unproven.size", size=size)
            return
        tree = self._proven.setdefault(size, InclusionVerifier(size, root))
        # If the stated hash is in the log, the event does not match it, which is already reported.
        leaves = {entry.leaf, entry.stated or entry.leaf}
        if not any(tree.verify(entry.index, leaf, entry.proof) for leaf in leaves):
            yield finding("proof", size=size)

    def end(self) -> Iterator[Finding]:
        """Yield the findings that need the whole history, and close the temporary store."""
        for line, index, event_id in self._store.unknown_predecessors():
            yield replace(finding("chain.unknown"), line=line, index=index, event_id=event_id)
        for event_id, line, index, first in self._store.duplicates():
            yield replace(finding("doubled", first=first), line=line, index=index, event_id=event_id)
        self._store.close()
        yield from self._tree.end()
        if not self._roots.roots:
            yield finding("no_checkpoint")
        elif self._proven:
            shown = max(self._proven)
            for size in sorted(self._proven):
                if not self._roots.same_log(size, shown):
                    yield finding("unlinked.shown", size=size, shown=shown)
            yield from self._roots.unlinked(shown)
        elif not self._tree.begun:
            yield from self._roots.unlinked(max(self._roots.roots))


class TileCheck:
    """Takes all leaves in order and keeps one unfinished tile per level."""

    def __init__(self, store: TileStore) -> None:
        self._store = store
        self._unfinished: list[bytearray] = []
        self._finished: list[int] = []

    def add(self, leaf: bytes, level: int = 0) -> Iterator[TileKey]:
        """Yield the keys of tiles that this leaf completes and that are stored with other bytes."""
        if level == len(self._unfinished):
            self._unfinished.append(bytearray())
            self._finished.append(0)
        tile = self._unfinished[level]
        tile += leaf
        if len(tile) == WIDTH * HASH_BYTES:
            yield from self._compare((level, self._finished[level]), bytes(tile))
            self._finished[level] += 1
            self._unfinished[level] = bytearray()
            yield from self.add(tile_root(bytes(tile)), level + 1)

    def end(self) -> Iterator[TileKey]:
        """Yield the keys of the partial tiles that are stored with other bytes."""
        for level, tile in enumerate(self._unfinished):
            if tile:
                yield from self._compare((level, self._finished[level]), bytes(tile))

    def _compare(self, key: TileKey, tile: bytes) -> Iterator[TileKey]:
        if self._store.read_tiles([key]).get(key) != tile:
            yield key
