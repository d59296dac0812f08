"""Redactions in a history: every redacted event must be one of which an event of the log says exactly that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..history_file import Entry
from ..redaction import Redaction, digest_of, redacted_fields, redactions_in
from .findings import Finding, finding
from .temp_store import TempStore


@dataclass(frozen=True)
class _Recorded:
    """Redaction that an event of the subject records; `logged` is whether this event is in the log already."""

    subject_id: str
    redaction: Redaction
    logged: bool


class RedactionCheck:
    """Compares redacted events with the redactions that later events record. Memory grows with their number only."""

    def __init__(self) -> None:
        self._recorded: dict[str, _Recorded] = {}
        self._redacted: list[tuple[str, _Recorded, int, int | None]] = []

    def record(self, event: dict[str, Any], logged: bool) -> None:
        """Take the redactions that an event records; a later one of the same event replaces the earlier one."""
        for event_id, redaction in redactions_in(event):
            self._recorded[event_id] = _Recorded(event["subject"]["id"], redaction, logged)

    def add(self, entry: Entry, left: dict[str, Any], line: int) -> None:
        """Add a redacted event, of which this is left."""
        redaction = Redaction(entry.leaf.hex(), redacted_fields(left), digest_of(left))
        self._redacted.append((left["id"], _Recorded(left["subject"]["id"], redaction, True), line, entry.index))

    def end(self, store: TempStore, *, inclusion: bool, live: bool) -> Iterator[Finding]:
        """Yield the redacted events that are not recorded as they are, and those whose values are shown.

        `inclusion`: the history that records the redactions may be left out. `live`: waiting events count.
        """
        for event_id, shown, line, index in self._redacted:
            recorded, name = self._recorded.get(event_id), None
            if recorded is None:
                name = "redaction.unproven" if inclusion else "redaction.none"
            elif replace(recorded, logged=True) != shown:
                name = "redaction.differs"
            elif not (recorded.logged or live):
                name = "redaction.waiting"
            if name:
                yield replace(finding(name), line=line, index=index, event_id=event_id)
        redacted = {event_id for event_id, *_rest in self._redacted}
        for event_id, line, index in store.lines_of(self._recorded.keys() - redacted):
            yield replace(finding("redaction.undone"), line=line, index=index, event_id=event_id)
