"""Lines in the very form in which a portal exports them, read fast.

The pattern describes canonical JSON (RFC 8785) and nothing else: each key once and in order, no spaces, texts in which
nothing is escaped; so does that of the changes, for answers that are texts, lists of texts, yes, no or nothing. Other
changes are read strictly, written canonically anew and compared. So what matches is itself the canonical bytes of what
is read from it, and is hashed as it stands. Every other text goes to the strict reader of JSON, which says the same of
these, more slowly.
"""

from __future__ import annotations

import json
import re
from typing import Any

from .canonical import StrictJson
from .event import FORMAT

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
    proven = (_hashes(proof), int(size)) if proof else (None, None)
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


def _hashes(proof: str) -> tuple[bytes, ...]:
    data = bytes.fromhex(proof.replace('"', "").replace(",", ""))
    return tuple([data[at : at + 32] for at in range(0, len(data), 32)])
