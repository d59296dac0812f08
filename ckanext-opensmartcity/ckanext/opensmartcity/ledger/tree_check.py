"""Derives the roots of a whole log from its leaves, and compares them with the signed ones."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from .findings import Finding, finding
from .history import Entry
from .merkle import Frontier
from .trust import Trust


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
