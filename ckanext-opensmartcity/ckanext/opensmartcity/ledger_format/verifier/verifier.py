"""Verification of a log, whole or in part, against signed checkpoints. No statement of the history itself is trusted.

`HistoryVerifier` takes the entries in order: without proofs it computes the roots of the whole log (`TreeCheck`), with
proofs it verifies each against its checkpoint, and the history of a subject against its head (`Completeness`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...tlog.merkle import Frontier, InclusionVerifier
from ..history_file import Entry, HistoryHead
from ..subject_head import SubjectTree
from .completeness import Completeness
from .findings import Finding, finding
from .hash_chain import HashChains
from .redaction_check import RedactionCheck
from .temp_store import TempStore
from .trusted_roots import TrustedRoots


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

    def end(self, live: bool) -> Iterator[Finding]:
        """Yield where computed and signed roots differ, and unless `live`, events that no checkpoint covers."""
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
        elif self._complete and not (live or later or self._stated) and matched < self.size and self._roots.roots:
            yield finding("unproven.rest", index=matched)


@dataclass
class Counts:
    """Numbers of visible, hidden and redacted events, of events that are not in the log yet, of complete histories.

    `size` is that of the newest checkpoint with which entries were verified, None if there was none.
    """

    events: int = 0
    hidden: int = 0
    redacted: int = 0
    waiting: int = 0
    histories: int = 0
    size: int | None = None

    @property
    def entries(self) -> int:
        """Number of events: visible, hidden and redacted."""
        return self.events + self.hidden + self.redacted

    def cover(self, size: int) -> None:
        """Record that entries were verified with the checkpoint of a size."""
        self.size = max(size, self.size or 0)


class HistoryVerifier:
    """Verifies the entries of one history in their order.

    `inclusion`: verify that the events are in the log, but not that a history is complete. `live`: the events are those
    of a database, in which some always wait for the next checkpoint.
    """

    def __init__(self, roots: TrustedRoots, counts: Counts, *, inclusion: bool = False, live: bool = False) -> None:
        self._roots = roots
        self._counts = counts
        self._inclusion = inclusion
        self._live = live
        self._store = TempStore()
        self.chains = HashChains(self._store)
        self._tree = TreeCheck(roots)
        # The heads of a log of which no event is hidden.
        self._subjects: SubjectTree | None = SubjectTree()
        self._completeness = Completeness(roots, counts)
        self._redactions = RedactionCheck()
        self._proven: dict[int, InclusionVerifier] = {}
        self._without_checkpoint: dict[int, int] = {}
        self._waiting = 0
        self._last_index = -1

    def begin_history(self, history: HistoryHead, line: int) -> Iterator[Finding]:
        """Take the head of the history whose entries follow; yield what is wrong with it, and with the one before."""
        return self._completeness.begin(history, line)

    def add(self, entry: Entry, line: int) -> Iterator[Finding]:
        """Yield the findings about an entry."""
        for problem in self._check_position(entry):
            yield replace(problem, line=line, index=entry.index, event_id=entry.event_id)
        body = entry.event or entry.redacted
        if body is None:
            self._counts.hidden += 1
            self._store.add_hidden(entry.leaf, line)
            return
        if entry.event is None:
            self._counts.redacted += 1
            self._redactions.add(entry, body, line)
        else:
            self._counts.events += 1
        self._store.add_event(body["id"], line, entry.index)
        self._redactions.record(body, logged=entry.index is not None)
        yield from self.chains.add(body, entry.leaf, line, entry.index)

    def _check_position(self, entry: Entry) -> Iterator[Finding]:
        """Yield what is wrong with the hash, the index and the proof of an entry."""
        if entry.stated is not None and entry.stated != entry.leaf:
            yield finding("altered")
        if entry.index is None:
            self._counts.waiting += 1
            self._waiting += 1
            return
        if entry.index <= self._last_index:
            yield finding("order", last=self._last_index)
        self._last_index = entry.index
        if entry.proof is None:
            yield from self._check_tree(entry)
        else:
            yield from self._check_proof(entry, entry.proof, entry.size or 0)

    def _check_tree(self, entry: Entry) -> Iterator[Finding]:
        before = self._tree.size
        yield from self._tree.add(entry)
        if self._subjects is None or self._tree.size == before:
            return
        body = entry.event or entry.redacted
        if body is None:
            self._subjects = None
            return
        self._subjects.add(body["subject"]["id"], entry.leaf)
        size = self._tree.size
        signed = self._roots.subjects.get(size) if size == self._roots.newest else None
        if signed and self._tree.matched[-1:] == [size] and self._subjects.root() != signed:
            yield finding("history.heads", size=size)

    def _check_proof(self, entry: Entry, proof: tuple[bytes, ...], size: int) -> Iterator[Finding]:
        self._completeness.add(entry)
        root = self._roots.roots.get(size)
        if root is None:
            self._without_checkpoint[size] = self._without_checkpoint.get(size, 0) + 1
            return
        tree = self._proven.setdefault(size, InclusionVerifier(size, root))
        # If the stated hash is in the log, the event does not match it, which is already reported.
        leaves = {entry.leaf, entry.stated or entry.leaf}
        index = -1 if entry.index is None else entry.index
        if any(tree.verify(index, leaf, proof) for leaf in leaves):
            self._counts.cover(size)
        else:
            yield finding("proof", size=size)

    def end(self) -> Iterator[Finding]:
        """Yield the findings that need the whole history, and close the temporary store."""
        if not self._inclusion:
            for line, index, event_id in self._store.unknown_predecessors():
                yield replace(finding("chain.unknown"), line=line, index=index, event_id=event_id)
        for event_id, line, index, first in self._store.duplicates():
            yield replace(finding("doubled", first=first), line=line, index=index, event_id=event_id)
        yield from self._redactions.end(self._store, inclusion=self._inclusion, live=self._live)
        self._store.close()
        yield from self._tree.end(self._live)
        yield from self._completeness.end(self._inclusion)
        for size, count in sorted(self._without_checkpoint.items()):
            yield finding("unproven.size", size=size, count=count)
        if self._waiting and not self._live:
            yield finding("waiting", count=self._waiting)
        if self._tree.matched:
            self._counts.cover(self._tree.matched[-1])
        yield from self._check_links()

    def _check_links(self) -> Iterator[Finding]:
        """Yield which checkpoints are not proven to be of the log that is shown."""
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
