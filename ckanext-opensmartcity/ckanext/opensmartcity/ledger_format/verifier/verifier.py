"""What files say apart from their entries: keys, checkpoints, proofs that one log is the beginning of another."""
# MERGED What is known of a log from its signed checkpoints: roots by size, and which of them are proven to be of one log.
# MERGED Derives the roots of a whole log from its leaves, and compares them with the signed ones.
# MERGED Checks the entries of one history, a whole log or a part of it, without trusting what the history says of itself.

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ...tlog.checkpoint import SignedCheckpoint
from ...tlog.merkle import EMPTY_ROOT, Frontier, InclusionVerifier, verify_consistency
from ...tlog.errors import BadSignature, UnknownKey
from ...tlog.signed_note import VerifierKey, verify_note
from ..history_file import Consistency, Entry, Part
from .findings import Finding, finding
from .hash_chain import Chains
from .temp_store import Notebook


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
            signers = verify_note(signed.note, self.keys)
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


class TreeCheck:
    """Takes every leaf from index 0 on. After a gap nothing can be derived, and the gap is told."""

    def __init__(self, trust: Trust) -> None:
        self.begun = False
        self.matched: list[int] = []
        self.differing: list[int] = []
        self._trust = trust
        self._tree = Frontier()
        self._stated: Frontier | None = None
        self._whole = True

    @property
    def size(self) -> int:
        """The number of leaves without a gap."""
        return self._tree.size

    def add(self, entry: Entry) -> Iterator[Finding]:
        """Add a leaf; yield the gap before it."""
        self.begun = True
        if not self._whole or entry.index is None:
            return
        if entry.index > self.size:
            self._whole = False
            yield finding("missing", first=self.size, last=entry.index - 1)
        elif entry.index == self.size:
            self._append(entry)

    def _append(self, entry: Entry) -> None:
        altered = entry.stated is not None and entry.stated != entry.leaf
        if altered and self._stated is None:
            self._stated = self._tree.copy()
        if self._stated:
            self._stated.append(entry.stated if entry.stated is not None else entry.leaf)
        self._tree.append(entry.leaf)
        self._compare()

    def _compare(self) -> None:
        root = self._trust.roots.get(self.size)
        if root is None:
            return
        if root == self._tree.root():
            self._trust.join(self.size, self.matched[-1] if self.matched else self.size)
            self.matched.append(self.size)
        # Where the stated hashes give the root, the events that do not fit their hashes are named already.
        elif not self._stated or self._stated.root() != root:
            self.differing.append(self.size)

    def end(self) -> Iterator[Finding]:
        """Yield where derived and signed roots differ, and what no checkpoint covers."""
        if not self.begun:
            return
        matched = self.matched[-1] if self.matched else 0
        for size in self.differing[: bisect_right(self.differing, matched)]:
            yield self._rebuilt(size)
        later = [size for size in self.differing if size > matched]
        if later:
            yield self._different(matched, later[0])
        beyond = [size for size in self._trust.sizes if size > self.size]
        if beyond and self._whole:
            yield self._shorter(beyond[-1])
        elif self._whole and not later and not self._stated and matched < self.size and self._trust.roots:
            yield finding("unproven.rest", index=matched)

    def _rebuilt(self, size: int) -> Finding:
        source = self._trust.source(size)
        return finding("rebuilt.derived", size=size, file=source.file, line=source.line)

    def _different(self, matched: int, size: int) -> Finding:
        source = self._trust.source(size)
        place = {"file": source.file, "line": source.line}
        return finding("root.derived", first=matched, last=size - 1, size=size, **place)

    def _shorter(self, size: int) -> Finding:
        source = self._trust.source(size)
        return finding("shorter.derived", events=self.size, size=size, file=source.file, line=source.line)


@dataclass
class Counts:
    """What was read: events, hashes of events that the reader may not see, events that are not in the log yet."""

    events: int = 0
    hidden: int = 0
    waiting: int = 0


class Verification:
    """Takes the entries of a history in their order; what concerns all of them is said at the end."""

    def __init__(self, trust: Trust, counts: Counts) -> None:
        self._trust = trust
        self._counts = counts
        self._notebook = Notebook()
        self.chains = Chains(self._notebook)
        self._tree = TreeCheck(trust)
        self._proven: dict[int, InclusionVerifier] = {}
        self._last_index = -1

    def entry(self, entry: Entry, line: int) -> Iterator[Finding]:
        """Yield what is wrong with an entry."""
        for problem in self._place(entry):
            yield replace(problem, line=line, index=entry.index, event_id=entry.event_id)
        if entry.event is None:
            self._counts.hidden += 1
            self._notebook.hide(entry.leaf, line)
        else:
            self._counts.events += 1
            self._notebook.meet(entry.event["id"], line, entry.index)
            yield from self.chains.follow(entry.event, entry.leaf, line, entry.index)

    def _place(self, entry: Entry) -> Iterator[Finding]:
        if entry.stated is not None and entry.stated != entry.leaf:
            yield finding("altered")
        if entry.index is None:
            self._counts.waiting += 1
            return
        if entry.index <= self._last_index:
            yield finding("order", last=self._last_index)
        self._last_index = entry.index
        yield from self._tree.add(entry) if entry.proof is None else self._prove(entry, entry.index, entry.proof)

    def _prove(self, entry: Entry, index: int, proof: tuple[bytes, ...]) -> Iterator[Finding]:
        size = entry.size or 0
        root = self._trust.roots.get(size)
        if root is None:
            yield finding("unproven.size", size=size)
            return
        tree = self._proven.setdefault(size, InclusionVerifier(size, root))
        # Where the hash that is stated was logged, the event is not it, and that is told already.
        leaves = {entry.leaf, entry.stated or entry.leaf}
        if not any(tree.verify(index, leaf, proof) for leaf in leaves):
            yield finding("proof", size=size)

    def end(self) -> Iterator[Finding]:
        """Yield what can only be said at the end."""
        for line, index, event_id in self._notebook.unmet():
            yield replace(finding("chain.unknown"), line=line, index=index, event_id=event_id)
        for event_id, line, index, first in self._notebook.doubled():
            yield replace(finding("doubled", first=first), line=line, index=index, event_id=event_id)
        self._notebook.close()
        yield from self._tree.end()
        yield from self._checkpoints()

    def _checkpoints(self) -> Iterator[Finding]:
        """Yield what is not proven to be of one log; for a whole log its own tree has told."""
        if not self._trust.roots:
            yield finding("no_checkpoint")
        elif self._proven:
            shown = max(self._proven)
            for size in sorted(self._proven):
                if not self._trust.same_log(size, shown):
                    yield finding("unlinked.shown", size=size, shown=shown)
            yield from self._trust.unlinked(shown)
        elif not self._tree.begun:
            yield from self._trust.unlinked(max(self._trust.roots))
