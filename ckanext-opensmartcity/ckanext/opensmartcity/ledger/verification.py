"""Checks the entries of one history, a whole log or a part of it, without trusting what the history says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .chain import Chains
from .findings import Finding, finding
from .history import Entry
from .neighbours import ProvenTree
from .notebook import Notebook
from .tree_check import TreeCheck
from .trust import Trust


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
        self._proven: dict[int, ProvenTree] = {}
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
        tree = self._proven.setdefault(size, ProvenTree(size, root))
        # Where the hash that is stated was logged, the event is not it, and that is told already.
        leaves = {entry.leaf, entry.stated or entry.leaf}
        if not any(tree.includes(index, leaf, proof) for leaf in leaves):
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
