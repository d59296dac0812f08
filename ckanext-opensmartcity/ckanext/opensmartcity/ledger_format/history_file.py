"""History files: the audit trail as JSON Lines with events, checkpoints, proofs and keys, which anyone can verify.

Lines in exactly the form of an export are parsed by a regular expression (`read_line`), which is many times faster than
parsing JSON and serializing it again. The pattern matches only canonical JSON (RFC 8785): keys once and in order, no
spaces, strings without escapes. The changes of an event match a pattern for answers that are strings, lists of strings,
booleans or null; other changes are parsed strictly, serialized again and compared. So a matching text is its own
canonical form and is hashed unchanged. All other lines take the slow path (`LineReader.parts`), with the same result.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from ..standard.i18n import N_
from ..tlog import FormatError
from ..tlog.checkpoint import SignedCheckpoint, parse_checkpoint
from ..tlog.merkle import HASH_BYTES
from ..tlog.signed_note import VerifierKey, from_hex, hashes_from_hex, parse_key
from .canonical_json import StrictJson
from .event import FORMAT, leaf_hash
from .redaction import SIDES
from .subject_head import SubjectHead

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

Position = tuple[int, bytes, tuple[bytes, ...] | None, int | None]
"""Index, stated leaf hash, inclusion proof, and the tree size of the proof."""


def read_line(text: str, reader: StrictJson) -> tuple[dict[str, Any], bytes, Position] | None:
    """Parse an exported event line into event, canonical bytes and position; None for any other form."""
    match = _match_line(text)
    if not match:
        return None
    *groups, index, leaf, proof, size = match.groups()
    event = _event(groups, reader)
    if event is None:
        return None
    hashes = None
    if proof:
        data = bytes.fromhex(proof.replace('"', "").replace(",", ""))
        hashes = tuple([data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)])
    return (*event, (int(index), bytes.fromhex(leaf), hashes, int(size) if proof else None))


def read_event(text: str, reader: StrictJson) -> tuple[dict[str, Any], bytes] | None:
    """Parse a canonical event without position into event and canonical bytes; None for any other form."""
    match = _match_event(text)
    return _event(match.groups(), reader) if match else None


def _event(groups: Any, reader: StrictJson) -> tuple[dict[str, Any], bytes] | None:
    """Build the event from the groups of _EVENT, None if its changes are not canonical."""
    (
        text,
        action,
        at,
        actor,
        organization,
        role,
        raw_changes,
        event_id,
        nonce,
        previous,
        public,
        request,
        digest,
        version,
        subject_id,
        subject_type,
    ) = groups
    if _match_plain_changes(raw_changes):
        changes = _decode_plain(raw_changes)[0]
    else:
        changes = reader.read(raw_changes.encode())
        if reader.canonical(changes) != raw_changes.encode():
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
        "subject": {"id": subject_id, "type": subject_type},
    }
    return event, text.encode()


MAX_PROOF_HASHES = 64
SIZE_LIMIT = 2**63
_KNOWN_KEYS = frozenset(
    {"event", "redacted", "index", "leaf", "proof", "size", "checkpoint", "consistency", "history", "key"}
)
_EVENT_KEYS = frozenset("format id request subject action public at by nonce previous standard changes".split())
_TIME = re.compile(TIME)
_Parsed = TypeVar("_Parsed")


@dataclass(slots=True)
class Entry:
    """Leaf of the log as a line gives it: with its event, or only with its hash if the event is hidden or redacted.

    `stated` is the hash that the line gives beside an event. It is not trusted, but shows which event was altered.
    `redacted` is what is left of a redacted event.
    """

    index: int | None
    leaf: bytes
    event: dict[str, Any] | None = None
    stated: bytes | None = None
    proof: tuple[bytes, ...] | None = None
    size: int | None = None
    redacted: dict[str, Any] | None = None

    @property
    def event_id(self) -> str | None:
        """Id in the event, None if the event is hidden."""
        body = self.event or self.redacted
        return str(body["id"]) if body else None


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """Proof that the log of size `old` is a prefix of the log of size `new`."""

    old: int
    new: int
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class HistoryHead:
    """Head of a history, with the proof that the checkpoint of `size` commits to it. The entries follow in the file.

    `position` is that of the subject in the tree of subjects.
    """

    head: SubjectHead
    position: int
    proof: tuple[bytes, ...]
    size: int


Part = Entry | ConsistencyProof | HistoryHead | SignedCheckpoint | VerifierKey


class LineReader:
    """Parses the lines of a history."""

    def __init__(self) -> None:
        self._json = StrictJson()

    def read(self, raw: bytes) -> list[Part]:
        """Parse a line into its parts. Raises FormatError."""
        try:
            exported = self._try_fast(read_line, raw.decode())
        except UnicodeDecodeError:
            exported = None
        if exported is None:
            return self.parts(self._json.read(raw))
        event, data, (index, stated, proof, size) = exported
        check_changes(event["changes"])
        return [Entry(index, leaf_hash(data), event, stated, proof, size)]

    def event(self, text: str) -> Entry:
        """Parse the body of one event into an entry without index. Raises FormatError."""
        if canonical := self._try_fast(read_event, text):
            event, data = canonical
            check_changes(event["changes"])
            return Entry(None, leaf_hash(data), event)
        event = self._json.read(text.encode())
        check_event(event)
        return Entry(None, leaf_hash(self._json.canonical(event)), event)

    def _try_fast(self, read: Callable[[str, StrictJson], _Parsed | None], text: str) -> _Parsed | None:
        """Return the result of the fast path, None if the strict reader must parse the text or report its error."""
        try:
            return read(text, self._json)
        except FormatError:
            return None

    def parts(self, line: Any) -> list[Part]:
        """Return the parts of a parsed line; of a response of the API those of its `result`. Raises FormatError."""
        if isinstance(line, dict) and isinstance(line.get("result"), dict):
            line = line["result"]
        elif isinstance(line, dict) and not line.keys() <= _KNOWN_KEYS:
            unknown = sorted(line.keys() - _KNOWN_KEYS)[0]
            raise FormatError(N_("This line holds “{key}”, which this program does not know."), key=unknown[:60])
        if not isinstance(line, dict):
            raise FormatError(N_("Each line must be a JSON object."))
        parts: list[Part] = []
        if line.get("key") is not None:
            keys = line["key"] if isinstance(line["key"], list) else [line["key"]]
            parts += [parse_key(_require_text(key, "key")) for key in keys]
        if line.get("checkpoint") is not None:
            parts.append(parse_checkpoint(_require_text(line["checkpoint"], "checkpoint")))
        if line.get("consistency") is not None:
            parts.append(_consistency_proof(line["consistency"]))
        if line.get("history") is not None:
            parts.append(_history_head(line["history"]))
        if line.get("event") is not None or line.get("leaf") is not None:
            parts.append(self._entry(line))
        if not parts:
            raise FormatError(N_("This line holds no event, checkpoint, proof or key."))
        return parts

    def _entry(self, line: dict[str, Any]) -> Entry:
        event, index, size = line.get("event"), line.get("index"), line.get("size")
        stated = proof = None
        if line.get("leaf") is not None:
            stated = _require_hash(line["leaf"], "leaf")
        if line.get("proof") is not None:
            proof = _require_proof(line["proof"])
        if index is not None:
            index = _require_count(index, "index")
        if proof is not None:
            size = _require_count(size, "size")
        if event is not None:
            check_event(event)
            return Entry(index, leaf_hash(self._json.canonical(event)), event, stated, proof, size)
        redacted = line.get("redacted")
        if redacted is not None and stated is not None:
            check_redacted(redacted)
            self._json.canonical(redacted)
            return Entry(index, stated, None, stated, proof, size, redacted)
        if stated is None or index is None:
            raise FormatError(N_("A hash without its event needs an index."))
        return Entry(index, stated, None, None, proof, size)


def check_event(event: Any) -> None:
    """Raise FormatError unless a value is an event of the current format."""
    if not isinstance(event, dict) or event.get("format") != FORMAT or event["format"] is True:
        raise FormatError(N_("This event is of a format that this program does not know."))
    if event.keys() != _EVENT_KEYS:
        raise FormatError(N_("This event has missing or unknown keys."))
    subject, changes, previous = event["subject"], event["changes"], event["previous"]
    if not isinstance(event["id"], str) or not isinstance(subject, dict) or not isinstance(subject.get("id"), str):
        raise FormatError(N_("This event has no id, or does not say what it is about."))
    if not isinstance(event["at"], str) or not _TIME.fullmatch(event["at"]):
        raise FormatError(N_("The time of this event is not in the form of the ledger."))
    if not isinstance(event["public"], bool):
        raise FormatError(N_("This event does not say whether anyone may read it."))
    if previous is not None:
        _require_hash(previous, "previous")
    check_changes(changes)


def check_changes(changes: Any) -> None:
    """Raise FormatError unless a value is a list of changes."""
    if not isinstance(changes, list) or not all(
        isinstance(change, dict) and isinstance(change.get("field"), str) and "before" in change and "after" in change
        for change in changes
    ):
        raise FormatError(N_("The changes of this event cannot be read."))


def check_redacted(event: Any) -> None:
    """Raise FormatError unless a value is what is left of a redacted event."""
    check_event(event)
    changes = [change for change in event["changes"] if "redacted" in change]
    if not changes or not all(
        isinstance(sides := change["redacted"], list)
        and sides
        and all(side in SIDES and change[side] is None for side in sides)
        for change in changes
    ):
        raise FormatError(N_("This redacted event does not say which of its values were erased."))


def _consistency_proof(value: Any) -> ConsistencyProof:
    if not isinstance(value, dict):
        raise FormatError(N_("“{name}” must be an object."), name="consistency")
    old, new = _require_count(value.get("from"), "from"), _require_count(value.get("to"), "to")
    return ConsistencyProof(old, new, _require_proof(value.get("proof")))


def _history_head(value: Any) -> HistoryHead:
    if not isinstance(value, dict):
        raise FormatError(N_("“{name}” must be an object."), name="history")
    position, size, events = (_require_count(value.get(name), name) for name in ("position", "size", "events"))
    digest = _require_hash(value.get("digest"), "digest")
    subject = SubjectHead(_require_text(value.get("subject"), "subject"), events, digest)
    return HistoryHead(subject, position, _require_proof(value.get("proof")), size)


def _require_text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise FormatError(N_("“{name}” must be a text."), name=name)
    return value


def _require_count(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < SIZE_LIMIT:
        raise FormatError(N_("“{name}” must be a whole number, 0 or more."), name=name)
    return value


def _require_hash(value: Any, name: str) -> bytes:
    data = from_hex(value)
    if data is None:
        raise FormatError(N_("“{name}” is not a hash in hex."), name=name)
    return data


def _require_proof(value: Any) -> tuple[bytes, ...]:
    if not isinstance(value, list) or len(value) > MAX_PROOF_HASHES:
        raise FormatError(N_("“{name}” must be a short list of hashes."), name="proof")
    hashes = hashes_from_hex(value)
    if hashes is None:
        raise FormatError(N_("“{name}” is not a hash in hex."), name="proof")
    return hashes


def event_line(body: str, leaf: bytes, index: int | None, proof: Sequence[bytes] | None = None, size: int = 0) -> str:
    """Serialize an event whose body is already canonical JSON."""
    place = "" if index is None else f',"index":{index}'
    return f'{{"event":{body}{place},"leaf":"{leaf.hex()}"{_proof(proof, size)}}}'


def hidden_line(leaf: bytes, index: int, proof: Sequence[bytes] | None = None, size: int = 0) -> str:
    """Serialize an event that the reader may not see: its hash and position only."""
    return f'{{"index":{index},"leaf":"{leaf.hex()}"{_proof(proof, size)}}}'


def redacted_line(
    body: str, leaf: bytes, index: int | None, proof: Sequence[bytes] | None = None, size: int = 0
) -> str:
    """Serialize what is left of a redacted event, with its leaf hash.

    It is in `result`, where programs ignore keys that they do not know: to those from before redactions, the event is
    a hidden one.
    """
    place = "" if index is None else f'"index":{index},'
    return f'{{"result":{{{place}"leaf":"{leaf.hex()}","redacted":{body}{_proof(proof, size)}}}}}'


def checkpoint_line(note: str) -> str:
    """Serialize a checkpoint."""
    return json.dumps({"checkpoint": note}, ensure_ascii=False)


def key_line(keys: Sequence[VerifierKey]) -> str:
    """Serialize the published keys."""
    return json.dumps({"key": [str(key) for key in keys]}, ensure_ascii=False)


def consistency_line(old: int, new: int, proof: Sequence[bytes]) -> str:
    """Serialize a consistency proof."""
    return json.dumps({"consistency": {"from": old, "to": new, "proof": [value.hex() for value in proof]}})


def history_line(history: HistoryHead) -> str:
    """Serialize the head of a history."""
    head = history.head
    values = {"subject": head.subject_id, "events": head.events, "digest": head.digest.hex()}
    proof = [value.hex() for value in history.proof]
    return json.dumps({"history": {**values, "position": history.position, "proof": proof, "size": history.size}})


def _proof(proof: Sequence[bytes] | None, size: int) -> str:
    if proof is None:
        return ""
    hashes = ",".join(f'"{value.hex()}"' for value in proof)
    return f',"proof":[{hashes}],"size":{size}'
