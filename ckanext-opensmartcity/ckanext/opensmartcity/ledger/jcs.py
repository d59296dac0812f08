"""Canonical JSON (RFC 8785): `rfc8785` is the reference, and slow; the encoder of Python's own library is not.

Both give the same bytes for what events are made of: texts, whole numbers, lists, and objects whose keys are in the
basic plane of Unicode. For all else the reference is asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

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
