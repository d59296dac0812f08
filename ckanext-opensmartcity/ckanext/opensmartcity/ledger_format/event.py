"""Canonical JSON (RFC 8785): `rfc8785` is the reference, and slow; the encoder of Python's own library is not.

Both give the same bytes for what events are made of: texts, whole numbers, lists, and objects whose keys are in the
basic plane of Unicode. For all else the reference is asked.
"""
# MERGED One governed change as an event: what it says, its canonical bytes (RFC 8785) and the hash of its leaf (RFC 9162).

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import rfc8785

LARGEST_INTEGER = 2**53 - 1
encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical(body: Mapping[str, Any]) -> bytes:
    """Return the canonical JSON of an object, by RFC 8785; ValueError for what JSON cannot carry."""
    return encode(body).encode() if _is_simple(body) else rfc8785.dumps(dict(body))


def _is_simple(value: Any) -> bool:
    kind = type(value)
    if kind is str or value is None:
        return True
    if kind is dict:
        return all(type(key) is str and _is_basic(key) and _is_simple(entry) for key, entry in value.items())
    if kind in (list, tuple):
        return all(map(_is_simple, value))
    return kind is bool or (kind is int and abs(value) <= LARGEST_INTEGER)


def _is_basic(key: str) -> bool:
    return key.isascii() or max(key) < "\U00010000"


FORMAT = 1

SubjectType = Literal["dataset", "algorithm", "organization"]
Action = Literal["baseline", "create", "update", "delete", "restore", "purge", "move", "rename", "visibility", "access"]


@dataclass(frozen=True)
class Change:
    """One field with what it said before and after, None where it said nothing."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Event:
    """What happened to the governance of one subject.

    `id` and `request` are UUIDs, and all events of one user action share a `request`. `at` is UTC in RFC 3339 with six
    decimals and `Z`. `role` and `organization` say who acted without naming a person; `actor` is a salted commitment,
    and `nonce` keeps the hash of an event that few may read from being guessed. `public` says whether anyone may read
    it: it is hashed too, so that nobody can hide or show an event afterwards. `previous` is the leaf hash of the last
    event about the same subject, in hex.
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


def body_of(event: Event) -> dict[str, Any]:
    """Return an event as the JSON object that is hashed and exported."""
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


def canonical_bytes(body: Mapping[str, Any]) -> bytes:
    """Return the canonical JSON of an event's body, by RFC 8785; ValueError for what JSON cannot carry."""
    return canonical(body)


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf of the tree (RFC 9162, 2.1.1): SHA-256 over a zero byte and the entry."""
    return hashlib.sha256(b"\x00" + data).digest()


def commitment(salt: str, user_id: str) -> str:
    """Return what an event says of its actor: SHA-256 over a random salt and the user's id, in hex."""
    return hashlib.sha256(f"{salt}:{user_id}".encode()).hexdigest()
