"""The chain of each subject: every event names the one before it, and begins with the answers that this one left."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any, NamedTuple

from ...standard import DECLARED_FIELD
from ..event import encode
from .findings import Finding, finding
from .temp_store import Notebook

_PAIRS = struct.Struct("qq")
_FIRST = frozenset({"create", "baseline"})


class _Subject(NamedTuple):
    """The last event about a subject, and a mark for each answer that is known since: packed, for there are many.

    `complete` says that an answer without a mark is known to be none; before a gap in the chain it may be any.
    """

    leaf: str
    at: str
    line: int
    marks: bytes
    complete: bool

    @property
    def known(self) -> dict[int, int]:
        """The marks by field."""
        return dict(_PAIRS.iter_unpack(self.marks))


class Chains:
    """Follows every subject of a history. Memory grows with the subjects, not with the events."""

    def __init__(self, notebook: Notebook) -> None:
        self._subjects: dict[str, _Subject] = {}
        self._notebook = notebook

    def follow(self, event: dict[str, Any], leaf: bytes, line: int, index: int | None) -> Iterator[Finding]:
        """Yield what does not fit the events before; from then on this event is the last of its subject."""
        subject = event["subject"]["id"]
        last = self._subjects.get(subject)
        problems = [finding("time", line=last.line)] if last and event["at"] < last.at else []
        # What a dataset said before the ledger is in its first event; an organisation begins with its first rename.
        known, complete = dict[int, int](), event["action"] in _FIRST
        if last and event["previous"] == last.leaf:
            known, complete = last.known, last.complete
        elif event["previous"]:
            # An event that the reader may not see can stand between; whether one does is known at the end.
            self._notebook.want(bytes.fromhex(event["previous"]), line, index, event["id"])
            complete = False
        elif last:
            problems.append(finding("chain.begun", line=last.line))
        if last and line <= last.line:
            problems.append(finding("order.row", row=line, last=last.line))
        problems += _apply(event["changes"], known, complete)
        marks = array("q", chain.from_iterable(known.items())).tobytes()
        self._subjects[subject] = _Subject(leaf.hex(), event["at"], line, marks, complete)
        for problem in problems:
            yield replace(problem, line=line, index=index, event_id=event["id"])

    def differing(self, subject_id: str, leaf: str, answers: Mapping[str, Any]) -> list[str]:
        """Return in which fields a subject would not say these answers after its last event, which has this hash.

        Asked once for each subject; `unseen` then tells of which nobody asked.
        """
        last = self._subjects.pop(subject_id, None)
        if last is None:
            return ["last_hash"]
        known = last.known
        fields = [] if last.leaf == leaf else ["last_hash"]
        for field, value in answers.items():
            for part, _nothing, answer in _parts({"field": field, "before": None, "after": value}):
                if known.pop(hash(part), _NOTHING if last.complete else _mark(answer)) != _mark(answer):
                    fields.append(part)
        return fields + (["…"] if any(mark != _NOTHING for mark in known.values()) else [])

    def unseen(self) -> Iterable[str]:
        """Return the subjects of which nobody asked."""
        return self._subjects.keys()


def _apply(changes: list[dict[str, Any]], known: dict[int, int], complete: bool) -> Iterator[Finding]:
    """Yield the changes whose answer before is not the one known, and bring what is known up to date."""
    for change in changes:
        for part, before, after in _parts(change):
            field = hash(part)
            expected = known.get(field, _NOTHING if complete else None)
            if expected is not None and expected != _mark(before):
                yield finding("before", field=part[:60])
            if after is None and complete:
                known.pop(field, None)
            else:
                known[field] = _mark(after)


def _parts(change: dict[str, Any]) -> Iterable[tuple[str, Any, Any]]:
    """Return field, before and after; of what is declared, for each of the entries that changed."""
    field, before, after = change["field"], change["before"], change["after"]
    if field == DECLARED_FIELD:
        old, new = (side if isinstance(side, dict) else {} for side in (before, after))
        return [(f"{field}.{key}", old.get(key), new.get(key)) for key in old.keys() | new.keys()]
    # The reason of a purge is said once, and is no answer.
    return () if field == "reason" else ((field, before, after),)


def _mark(answer: Any) -> int:
    """Return a short mark of an answer. Python keys its hash of texts anew in each run: nobody can aim for a mark."""
    if isinstance(answer, str):
        return hash(answer)
    if answer is None:
        return _NOTHING
    if isinstance(answer, list) and all(isinstance(entry, str) for entry in answer):
        return hash(("\0list", *answer))
    return hash("\0" + encode(answer))


_NOTHING = hash("\0null")
