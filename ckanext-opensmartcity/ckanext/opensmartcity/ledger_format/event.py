"""Ledger event: one governed change of one subject, its JSON body, its leaf hash and the commitment to its actor."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Literal

# Version of the event format, part of each event.
FORMAT = 1

# The ledger itself is the subject of events that say how it went on after a restore.
SubjectType = Literal["dataset", "algorithm", "organization", "ledger"]
Action = Literal[
    "baseline",
    "create",
    "update",
    "delete",
    "restore",
    "purge",
    "move",
    "rename",
    "visibility",
    "access",
    "resume",
    "redact",
]


@dataclass(frozen=True)
class Change:
    """Value of one field before and after, None for no answer."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Event:
    """Governed change of one subject, an entry of the audit trail.

    - `id`, `request`: UUIDs. All events of one user action share a `request`.
    - `at`: time in UTC, RFC 3339 with six decimals and `Z`.
    - `role`, `organization`, `actor`: pseudonymous actor. `actor` is a salted commitment: erasing the stored salt
      and user id (erasure, GDPR Art. 17) anonymizes the event and leaves its hash valid.
    - `nonce`: prevents guessing the content of a private event from its hash.
    - `public`: whether anyone may read the event. It is hashed, so that it cannot be changed later.
    - `previous`: leaf hash of the previous event of the subject, in hex.
    """

    id: str
    request: str
    subject_type: SubjectType
    subject_id: str
    action: Action
    public: bool
    at: str
    role: str
    organization: str | None
    actor: str
    nonce: str
    previous: str | None
    standard_version: str
    standard_digest: str
    changes: tuple[Change, ...]


def event_body(event: Event) -> dict[str, Any]:
    """Serialize an event as the JSON object that is hashed and exported."""
    return {
        "format": FORMAT,
        "id": event.id,
        "request": event.request,
        "subject": {"type": event.subject_type, "id": event.subject_id},
        "action": event.action,
        "at": event.at,
        "by": {"role": event.role, "organization": event.organization, "actor": event.actor},
        "nonce": event.nonce,
        "previous": event.previous,
        "public": event.public,
        "standard": {"version": event.standard_version, "digest": event.standard_digest},
        "changes": [{"field": c.field, "before": c.before, "after": c.after} for c in event.changes],
    }


def leaf_hash(data: bytes) -> bytes:
    """Return the leaf hash of an entry (RFC 9162, 2.1.1): SHA-256 over a zero byte and the canonical bytes."""
    return hashlib.sha256(b"\x00" + data).digest()


def commitment(salt: str, user_id: str) -> str:
    """Return the salted commitment to the actor of an event: SHA-256 over a random salt and the user id, in hex."""
    return hashlib.sha256(f"{salt}:{user_id}".encode()).hexdigest()
