"""Redaction: erase values from an event whose leaf hash stays in the log, and record that in an event of its own.

What is left of a redacted event has its shape. In a redacted change, `redacted` names the sides that were erased
(`before`, `after`); their values are null. A new nonce replaces the old one: with that, anybody could test guesses at
the erased values against the leaf hash.

An event of the action `redact` has one change for each redacted event, its field named `redacted:` and the id of that
event. The value after names leaf hash, fields and SHA-256 of the canonical JSON of what is left, and repeats no value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .canonical_json import canonical_bytes
from .event import Action, Change

ACTION: Action = "redact"
FIELD_PREFIX = "redacted:"
SIDES = ("before", "after")


@dataclass(frozen=True)
class Redaction:
    """Redaction of one event: its leaf hash, the sides that were erased by field, and the digest of what is left."""

    leaf: str
    fields: Mapping[str, list[str]]
    digest: str


def redact_event(event: Mapping[str, Any], sides: Mapping[str, Collection[str]], nonce: str) -> dict[str, Any]:
    """Return what is left of an event without the values on these sides of its fields, with a new nonce."""
    changes = []
    for change in event["changes"]:
        erased = {*change.get("redacted", ()), *sides.get(change["field"], ())}
        marks = {"redacted": [side for side in SIDES if side in erased]} if erased else {}
        changes.append({**change, **dict.fromkeys(erased), **marks})
    return {**event, "nonce": nonce, "changes": changes}


def redacted_fields(event: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the sides that were erased by field, nothing for an event that was not redacted."""
    return {change["field"]: change["redacted"] for change in event["changes"] if "redacted" in change}


def digest_of(left: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON of what is left of an event, in hex."""
    return hashlib.sha256(canonical_bytes(left)).hexdigest()


def redaction_change(event_id: str, redaction: Redaction, earlier: Redaction | None) -> Change:
    """Return the change that records a redaction. `earlier` is that of the same event before, if there was one."""
    return Change(FIELD_PREFIX + event_id, asdict(earlier) if earlier else None, asdict(redaction))


def redactions_in(event: Mapping[str, Any]) -> Iterator[tuple[str, Redaction]]:
    """Yield the redactions that an event records, each with the id of the redacted event; skip malformed ones."""
    if event["action"] != ACTION:
        return
    for change in event["changes"]:
        prefix, _, event_id = change["field"].partition(":")
        after = change["after"]
        if f"{prefix}:" == FIELD_PREFIX and isinstance(after, dict) and after.keys() == {"leaf", "fields", "digest"}:
            yield event_id, Redaction(**after)
