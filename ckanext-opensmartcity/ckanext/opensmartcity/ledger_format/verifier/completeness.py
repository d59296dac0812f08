"""Completeness of the history of a subject: its entries in a file are exactly those that a checkpoint commits to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from ...tlog.merkle import verify_inclusion
from ..history_file import Entry, HistoryHead
from ..subject_head import SubjectHead
from .findings import Finding, finding
from .trusted_roots import TrustedRoots


class HistoryCounts(Protocol):
    """Counts the complete histories."""

    histories: int


@dataclass
class _History:
    """History whose entries are being read. `shown` and `stated` are its heads, computed from events and from hashes.

    `proven` is whether a signed checkpoint commits to the head that the file states.
    """

    stated_head: HistoryHead
    line: int
    proven: bool
    shown: SubjectHead
    stated: SubjectHead
    entries: int = 0


class Completeness:
    """Compares the entries of each history in a file with the head that precedes them."""

    def __init__(self, roots: TrustedRoots, counts: HistoryCounts) -> None:
        self._roots = roots
        self._counts = counts
        self._history: _History | None = None
        # Entries that belong to no proven history.
        self._outside = 0

    def begin(self, history: HistoryHead, line: int) -> Iterator[Finding]:
        """Begin the history of a head; yield what is wrong with its proof, and with the history before."""
        yield from self._end_history()
        signed, size, head = self._roots.subjects.get(history.size), history.size, history.head
        proven = signed is not None and verify_inclusion(
            history.position, signed.count, head.leaf, history.proof, signed.root
        )
        if signed and not proven:
            yield replace(finding("history.proof", subject=head.subject_id, size=size), line=line)
        nothing = SubjectHead(head.subject_id)
        self._history = _History(history, line, proven, nothing, nothing)

    def add(self, entry: Entry) -> None:
        """Add the next entry of a part of the log."""
        history = self._history
        if history is None or entry.index is None or not self._belongs(entry, history.stated_head):
            self._outside += 1
            return
        history.entries += 1
        history.shown = history.shown.extended(entry.leaf)
        history.stated = history.stated.extended(entry.leaf if entry.stated is None else entry.stated)

    def _belongs(self, entry: Entry, history: HistoryHead) -> bool:
        # Of a hidden event, the digest decides.
        body = entry.event or entry.redacted
        subject = body["subject"]["id"] if body else history.head.subject_id
        return subject == history.head.subject_id and (entry.index or 0) < history.size

    def end(self, inclusion: bool) -> Iterator[Finding]:
        """Yield what is missing; with `inclusion` not that there are entries whose history is not proven."""
        yield from self._end_history()
        if self._outside and not inclusion:
            yield finding("history.unproven", count=self._outside)

    def _end_history(self) -> Iterator[Finding]:
        history, self._history = self._history, None
        if history is None:
            return
        head, size = history.stated_head.head, history.stated_head.size
        if not history.proven:
            # A history without a single event is not proven to be empty either.
            self._outside += max(history.entries, 1)
        elif history.shown == head:
            self._counts.histories += 1
        # If the stated hashes give the head, the altered events are already reported.
        elif history.stated != head:
            problem = finding(
                "history.incomplete", subject=head.subject_id, events=head.events, size=size, shown=history.entries
            )
            yield replace(problem, line=history.line)
