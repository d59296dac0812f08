"""Hash chain of each subject: every event names its predecessor, and its values before are those that one left."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any, NamedTuple

from ...standard import DECLARED_FIELD
from ..canonical_json import encode
from ..redaction import FIELD_PREFIX
from .findings import Finding, finding
from .temp_store import TempStore

_PAIRS = struct.Struct("qq")
_FIRST_ACTIONS = frozenset({"create", "baseline"})


class _Subject(NamedTuple):
    """Last event of a subject, and a fingerprint of each known answer, packed because there are many subjects.

    `complete`: a field without a fingerprint is known to have no answer. After a gap in the chain it may have any.
    """

    leaf: str
    at: str
    line: int
    fingerprints: bytes
    complete: bool

    @property
    def known(self) -> dict[int, int]:
        """Fingerprints of answers by hash of the field."""
        return dict(_PAIRS.iter_unpack(self.fingerprints))


class HashChains:
    """Follows the chain of every subject. Memory grows with the number of subjects, not of events."""

    def __init__(self, store: TempStore) -> None:
        self._subjects: dict[str, _Subject] = {}
        self._store = store

    def add(self, event: dict[str, Any], leaf: bytes, line: int, index: int | None) -> Iterator[Finding]:
        """Yield what contradicts the previous events, and make this event the last of its subject."""
        subject = event["subject"]["id"]
        last = self._subjects.get(subject)
        problems = [finding("time", line=last.line)] if last and event["at"] < last.at else []
        # The first event of a dataset holds its answers from before the ledger; an organisation starts with a rename.
        known, complete = dict[int, int](), event["action"] in _FIRST_ACTIONS
        if last and event["previous"] == last.leaf:
            known, complete = last.known, last.complete
        elif event["previous"]:
            # The predecessor may be an event that the reader may not see: decided at the end.
            self._store.add_predecessor(bytes.fromhex(event["previous"]), line, index, event["id"])
            complete = False
        elif last:
            problems.append(finding("chain.begun", line=last.line))
        if last and line <= last.line:
            problems.append(finding("order.row", row=line, last=last.line))
        problems += _apply(event["changes"], known, complete)
        if any(change["field"] == DECLARED_FIELD and "redacted" in change for change in event["changes"]):
            # Which declarations there were is not known any more.
            known, complete = {}, False
        if event["action"] == "purge":
            # The event does not name the answers that are gone with the dataset.
            known, complete = {}, True
        fingerprints = array("q", chain.from_iterable(known.items())).tobytes()
        self._subjects[subject] = _Subject(leaf.hex(), event["at"], line, fingerprints, complete)
        for problem in problems:
            yield replace(problem, line=line, index=index, event_id=event["id"])

    def differing_fields(self, subject_id: str, leaf: str, answers: Mapping[str, Any]) -> list[str]:
        """Return the fields in which a stored state differs from the events; `last_hash` if its leaf hash does.

        Removes the subject: call it once for each, then `remaining` returns those without a stored state.
        """
        last = self._subjects.pop(subject_id, None)
        if last is None:
            return ["last_hash"]
        known = last.known
        fields = [] if last.leaf == leaf else ["last_hash"]
        for field, value in answers.items():
            for part, _before, answer in _parts({"field": field, "before": None, "after": value}):
                default = _NO_ANSWER if last.complete else _fingerprint(answer)
                if known.pop(hash(part), default) not in (_ANY, _fingerprint(answer)):
                    fields.append(part)
        return fields + (["…"] if any(fingerprint != _NO_ANSWER for fingerprint in known.values()) else [])

    def remaining(self) -> Iterable[str]:
        """Return the subjects that were not passed to `differing_fields`."""
        return self._subjects.keys()


def _apply(changes: list[dict[str, Any]], known: dict[int, int], complete: bool) -> Iterator[Finding]:
    """Yield the changes whose value before is not the known one, and update what is known."""
    for change in changes:
        for part, before, after in _parts(change):
            field = hash(part)
            expected, stated = known.get(field, _NO_ANSWER if complete else None), _fingerprint(before)
            if expected is not None and _ANY not in (expected, stated) and expected != stated:
                yield finding("before", field=part[:60])
            if after is None and complete:
                known.pop(field, None)
            else:
                known[field] = _fingerprint(after)


def _parts(change: dict[str, Any]) -> Iterable[tuple[str, Any, Any]]:
    """Return field, before and after; of the declared field one for each entry that changed."""
    field, before, after = change["field"], change["before"], change["after"]
    if "redacted" in change:
        if field == DECLARED_FIELD:
            return ()
        before, after = (_ERASED if side in change["redacted"] else change[side] for side in ("before", "after"))
    elif field == DECLARED_FIELD:
        old, new = (side if isinstance(side, dict) else {} for side in (before, after))
        return [(f"{field}.{key}", old.get(key), new.get(key)) for key in old.keys() | new.keys()]
    # The reason of a purge, and the record of a redaction, are not answers.
    return () if field == "reason" or field.startswith(FIELD_PREFIX) else ((field, before, after),)


def _fingerprint(answer: Any) -> int:
    """Return a 64-bit fingerprint of an answer. String hashes are seeded per process: collisions cannot be crafted."""
    if isinstance(answer, str):
        return hash(answer)
    if answer is None:
        return _NO_ANSWER
    if answer is _ERASED:
        return _ANY
    if isinstance(answer, list) and all(isinstance(entry, str) for entry in answer):
        return hash(("\0list", *answer))
    return hash("\0" + encode(answer))


_NO_ANSWER = hash("\0null")
# A value that was redacted, and its fingerprint, which matches any other.
_ERASED = object()
_ANY = hash("\0redacted")
