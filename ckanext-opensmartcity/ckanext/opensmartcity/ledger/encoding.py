"""Base64 and hex, read strictly: one text for each value."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from .merkle import HASH_BYTES

_HEX_LETTERS = 2 * HASH_BYTES


def to_base64(data: bytes) -> str:
    """Return bytes as standard base64."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes | None:
    """Return the bytes of standard base64, None for anything else, unused bits that are set included."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if to_base64(data) == text else None


def from_hex(value: object) -> bytes | None:
    """Return the hash that a text names in lower-case hex, None for anything else."""
    if not isinstance(value, str) or len(value) != _HEX_LETTERS:
        return None
    try:
        data = bytes.fromhex(value)
    except ValueError:
        return None
    return data if data.hex() == value else None


def hashes_from_hex(values: list[Any]) -> tuple[bytes, ...] | None:
    """Return the hashes that texts name in lower-case hex, None where one does not; all at once, for there are many."""
    try:
        text = "".join(values)
        data = bytes.fromhex(text)
    except (TypeError, ValueError):
        return None
    if data.hex() != text or any(len(value) != _HEX_LETTERS for value in values):
        return None
    return tuple([data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)])
