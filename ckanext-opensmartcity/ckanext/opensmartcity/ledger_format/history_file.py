"""Lines in the very form in which a portal exports them, read fast.

The pattern describes canonical JSON (RFC 8785) and nothing else: each key once and in order, no spaces, texts in which
nothing is escaped; so does that of the changes, for answers that are texts, lists of texts, yes, no or nothing. Other
changes are read strictly, written canonically anew and compared. So what matches is itself the canonical bytes of what
is read from it, and is hashed as it stands. Every other text goes to the strict reader of JSON, which says the same of
these, more slowly.
"""
# MERGED A history as a file that anyone can check: JSON Lines with events, checkpoints, proofs and keys.

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from ..standard.i18n import N_
from ..tlog.checkpoint import SignedCheckpoint, parse_checkpoint
from ..tlog.signed_note import VerifierKey, from_hex, hashes_from_hex, parse_key
from .canonical_json import StrictJson
from ..tlog.errors import FormatError
from .event import FORMAT, leaf_hash

TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"
_TEXT = r'"([^"\\\x00-\x1f]*)"'
_HASH = r'"([0-9a-f]{64})"'
_COUNT = r"(0|[1-9][0-9]{0,14})"
_EVENT = (
    rf'(\{{"action":{_TEXT},"at":"({TIME})","by":\{{"actor":{_TEXT},"organization":(?:null|{_TEXT}),"role":{_TEXT}\}},'
    rf'"changes":(\[.*\]),"format":{FORMAT},"id":{_TEXT},"nonce":{_TEXT},"previous":(?:null|{_HASH}),'
    rf'"public":(true|false),"request":{_TEXT},"standard":\{{"digest":{_TEXT},"version":{_TEXT}\}},"subject":\{{"id":{_TEXT},"type":{_TEXT}\}}\}})'
)
_PROOF = r'(?:,"proof":\[("[0-9a-f]{64}"(?:,"[0-9a-f]{64}"){0,63})\],"size":' + _COUNT + ")?"
_PLAIN_TEXT = r'"[^"\\\x00-\x1f]*"'
_ANSWER = rf"(?:{_PLAIN_TEXT}|null|true|false|\[(?:{_PLAIN_TEXT}(?:,{_PLAIN_TEXT})*)?\])"
_CHANGE = rf'\{{"after":{_ANSWER},"before":{_ANSWER},"field":{_PLAIN_TEXT}\}}'
_match_plain_changes = re.compile(rf"\[(?:{_CHANGE}(?:,{_CHANGE})*)?\]").fullmatch
_decode_plain = json.JSONDecoder().raw_decode
_match_event = re.compile(_EVENT).fullmatch
_match_line = re.compile(rf'\{{"event":{_EVENT},"index":{_COUNT},"leaf":{_HASH}{_PROOF}\}}\r?\n?').fullmatch

Place = tuple[int, bytes, tuple[bytes, ...] | None, int | None]
"""Index, stated hash, proof and the size that it is made for."""


def read_line(text: str, reader: StrictJson) -> tuple[dict[str, Any], bytes, Place] | None:
    """Return the event of a line, its canonical bytes and its place, None for a line in any other form."""
    found = _match_line(text)
    if not found:
        return None
    *said, index, leaf, proof, size = found.groups()
    event = _event(said, reader)
    if event is None:
        return None
    proven = (_exported_hashes(proof), int(size)) if proof else (None, None)
    return (*event, (int(index), bytes.fromhex(leaf), *proven))


def read_event(text: str, reader: StrictJson) -> tuple[dict[str, Any], bytes] | None:
    """Return an event and its canonical bytes, None for one in any other form."""
    found = _match_event(text)
    return _event(found.groups(), reader) if found else None


def _event(said: Any, reader: StrictJson) -> tuple[dict[str, Any], bytes] | None:
    (
        text,
        action,
        at,
        actor,
        organization,
        role,
        raw,
        event_id,
        nonce,
        previous,
        public,
        request,
        digest,
        version,
        about,
        kind,
    ) = said
    changes = _changes(raw, reader)
    if changes is None:
        return None
    event = {
        "action": action,
        "at": at,
        "by": {"actor": actor, "organization": organization, "role": role},
        "changes": changes,
        "format": FORMAT,
        "id": event_id,
        "nonce": nonce,
        "previous": previous,
        "public": public == "true",
        "request": request,
        "standard": {"digest": digest, "version": version},
        "subject": {"id": about, "type": kind},
    }
    return event, text.encode()


def _changes(text: str, reader: StrictJson) -> Any:
    """Return the changes that a text says, None where it is not canonical."""
    if _match_plain_changes(text):
        return _decode_plain(text)[0]
    raw = text.encode()
    changes = reader.read(raw)
    return changes if reader.canonical(changes) == raw else None


def _exported_hashes(proof: str) -> tuple[bytes, ...]:
    data = bytes.fromhex(proof.replace('"', "").replace(",", ""))
    return tuple([data[at : at + 32] for at in range(0, len(data), 32)])


MOST_PROOF = 64
MOST_SIZE = 2**63
_KNOWN = frozenset({"event", "index", "leaf", "proof", "size", "checkpoint", "consistency", "key"})
_EVENT_KEYS = frozenset("format id request subject action public at by nonce previous standard changes".split())
_TIME = re.compile(TIME)
_Found = TypeVar("_Found")


@dataclass(slots=True)
class Entry:
    """A leaf of the log as a line gives it: the event that it stands for, or only its hash.

    `stated` is the hash that the line gives for an event. It is never believed; it helps to tell which event changed.
    """

    index: int | None
    leaf: bytes
    event: dict[str, Any] | None = None
    stated: bytes | None = None
    proof: tuple[bytes, ...] | None = None
    size: int | None = None

    @property
    def event_id(self) -> str | None:
        """The id that the event gives itself."""
        return str(self.event["id"]) if self.event else None


@dataclass(frozen=True, slots=True)
class Consistency:
    """That the log of the size `old` is the beginning of the log of the size `new`."""

    old: int
    new: int
    proof: tuple[bytes, ...]


Part = Entry | Consistency | SignedCheckpoint | VerifierKey


class LineReader:
    """Turns lines of a history into what they say."""

    def __init__(self) -> None:
        self._json = StrictJson()

    def read(self, raw: bytes) -> list[Part]:
        """Return what a line says; FormatError where a part of it cannot be understood."""
        return self._exported(raw) or self.parts(self._json.read(raw))

    def event(self, text: str) -> Entry:
        """Return the entry of an event alone, which has no index; FormatError where it is none."""
        if found := self._quick(read_event, text):
            event, data = found
            check_changes(event["changes"])
            return Entry(None, leaf_hash(data), event)
        event = self._json.read(text.encode())
        check_shape(event)
        return Entry(None, leaf_hash(self._json.canonical(event)), event)

    def _exported(self, raw: bytes) -> list[Part]:
        """Return the entry of a line that is in the form of an export; nothing for any other line."""
        try:
            found = self._quick(read_line, raw.decode())
        except UnicodeDecodeError:
            return []
        if found is None:
            return []
        event, data, (index, stated, proof, size) = found
        check_changes(event["changes"])
        return [Entry(index, leaf_hash(data), event, stated, proof, size)]

    def _quick(self, read: Callable[[str, StrictJson], _Found | None], text: str) -> _Found | None:
        """Return what a reader of exports makes of a text, None where the strict reader must say what it is."""
        try:
            return read(text, self._json)
        except FormatError:
            return None

    def parts(self, line: Any) -> list[Part]:
        """Return what the object of a line says. An answer of the API is taken for its result."""
        if isinstance(line, dict) and isinstance(line.get("result"), dict):
            line = line["result"]
        elif isinstance(line, dict) and not line.keys() <= _KNOWN:
            unknown = sorted(line.keys() - _KNOWN)[0]
            raise FormatError(N_("This line holds “{key}”, which this program does not know."), key=unknown[:60])
        if not isinstance(line, dict):
            raise FormatError(N_("Each line must be an object of JSON."))
        found: list[Part] = []
        if line.get("key") is not None:
            keys = line["key"] if isinstance(line["key"], list) else [line["key"]]
            found += [parse_key(_text(key, "key")) for key in keys]
        if line.get("checkpoint") is not None:
            found.append(parse_checkpoint(_text(line["checkpoint"], "checkpoint")))
        if line.get("consistency") is not None:
            found.append(_consistency(line["consistency"]))
        if line.get("event") is not None or line.get("leaf") is not None:
            found.append(self._entry(line))
        if not found:
            raise FormatError(N_("This line holds no event, checkpoint, proof or key."))
        return found

    def _entry(self, line: dict[str, Any]) -> Entry:
        event, index, size = line.get("event"), line.get("index"), line.get("size")
        stated = None if line.get("leaf") is None else _hash(line["leaf"], "leaf")
        proof = None if line.get("proof") is None else _history_hashes(line["proof"])
        if index is not None:
            index = _count(index, "index")
        if proof is not None:
            size = _count(size, "size")
        if event is not None:
            check_shape(event)
            return Entry(index, leaf_hash(self._json.canonical(event)), event, stated, proof, size)
        if stated is None or index is None:
            raise FormatError(N_("A hash without its event needs an index."))
        return Entry(index, stated, None, None, proof, size)


def check_shape(event: Any) -> None:
    """Refuse what is no event of the format that this program knows."""
    if not isinstance(event, dict) or event.get("format") != FORMAT or event["format"] is True:
        raise FormatError(N_("This event is of a format that this program does not know."))
    if event.keys() != _EVENT_KEYS:
        raise FormatError(N_("This event lacks a part, or has one too many."))
    subject, changes, previous = event["subject"], event["changes"], event["previous"]
    if not isinstance(event["id"], str) or not isinstance(subject, dict) or not isinstance(subject.get("id"), str):
        raise FormatError(N_("This event has no id, or does not say what it is about."))
    if not isinstance(event["at"], str) or not _TIME.fullmatch(event["at"]):
        raise FormatError(N_("The time of this event is not in the form of the ledger."))
    if not isinstance(event["public"], bool):
        raise FormatError(N_("This event does not say whether anyone may read it."))
    if previous is not None and from_hex(previous) is None:
        raise FormatError(N_("“{name}” is not a hash in hex."), name="previous")
    check_changes(changes)


def check_changes(changes: Any) -> None:
    """Refuse what is no list of changes."""
    if not isinstance(changes, list) or not all(map(_is_change, changes)):
        raise FormatError(N_("The changes of this event cannot be read."))


def _is_change(change: Any) -> bool:
    return (
        isinstance(change, dict) and isinstance(change.get("field"), str) and "before" in change and "after" in change
    )


def _consistency(value: Any) -> Consistency:
    if not isinstance(value, dict):
        raise FormatError(N_("“{name}” must be an object."), name="consistency")
    old, new = _count(value.get("from"), "from"), _count(value.get("to"), "to")
    return Consistency(old, new, _history_hashes(value.get("proof")))


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise FormatError(N_("“{name}” must be a text."), name=name)
    return value


def _count(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < MOST_SIZE:
        raise FormatError(N_("“{name}” must be a whole number, 0 or more."), name=name)
    return value


def _hash(value: Any, name: str) -> bytes:
    data = from_hex(value)
    if data is None:
        raise FormatError(N_("“{name}” is not a hash in hex."), name=name)
    return data


def _history_hashes(value: Any) -> tuple[bytes, ...]:
    if not isinstance(value, list) or len(value) > MOST_PROOF:
        raise FormatError(N_("“{name}” must be a short list of hashes."), name="proof")
    hashes = hashes_from_hex(value)
    if hashes is None:
        raise FormatError(N_("“{name}” is not a hash in hex."), name="proof")
    return hashes


def event_line(body: str, leaf: bytes, index: int | None, proof: Sequence[bytes] | None = None, size: int = 0) -> str:
    """Return the line of an event, its canonical JSON as it is."""
    place = "" if index is None else f',"index":{index}'
    return f'{{"event":{body}{place},"leaf":"{leaf.hex()}"{_proof(proof, size)}}}'


def hidden_line(leaf: bytes, index: int, proof: Sequence[bytes] | None = None, size: int = 0) -> str:
    """Return the line of an event that the reader may not see."""
    return f'{{"index":{index},"leaf":"{leaf.hex()}"{_proof(proof, size)}}}'


def checkpoint_line(note: str) -> str:
    """Return the line of a checkpoint."""
    return json.dumps({"checkpoint": note}, ensure_ascii=False)


def key_line(keys: Sequence[VerifierKey]) -> str:
    """Return the line of the published keys."""
    return json.dumps({"key": [str(key) for key in keys]}, ensure_ascii=False)


def consistency_line(old: int, new: int, proof: Sequence[bytes]) -> str:
    """Return the line of a proof that a log is the beginning of another."""
    return json.dumps({"consistency": {"from": old, "to": new, "proof": [value.hex() for value in proof]}})


def _proof(proof: Sequence[bytes] | None, size: int) -> str:
    if proof is None:
        return ""
    hashes = ",".join(f'"{value.hex()}"' for value in proof)
    return f',"proof":[{hashes}],"size":{size}'
