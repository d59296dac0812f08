"""Canonical JSON (RFC 8785, JCS): serialization, and a strict reader that rejects ambiguous JSON.

The package `rfc8785` is the reference implementation, and slow. The encoder of the standard library is fast and gives
the same bytes for strings, whole numbers, lists, and objects with keys in the Basic Multilingual Plane, of which events
consist. All other values go to the reference.
"""

from __future__ import annotations

import json
import re
from typing import Any

import rfc8785

from ..standard.i18n import N_
from ..tlog import FormatError

MAX_INTEGER = 2**53 - 1
_MAX_DIGITS = 19
_BEYOND_BASIC_PLANE = re.compile("[\U00010000-\U0010ffff]")
encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical_bytes(value: Any) -> bytes:
    """Serialize a value as canonical JSON (RFC 8785). Raises ValueError for values that JSON cannot represent."""
    return encode(value).encode() if _is_simple(value) else rfc8785.dumps(value)


def _is_simple(value: Any) -> bool:
    """Return whether both encoders give the same bytes for a value."""
    kind = type(value)
    if kind is str or value is None:
        return True
    if kind is dict:
        return all(
            type(key) is str and (key.isascii() or max(key) < "\U00010000") and _is_simple(entry)
            for key, entry in value.items()
        )
    if kind in (list, tuple):
        return all(map(_is_simple, value))
    return kind is bool or (kind is int and abs(value) <= MAX_INTEGER)


class StrictJson:
    """JSON reader that rejects duplicate keys, inexact integers, NaN and Infinity."""

    def __init__(self) -> None:
        # Whether the last text had numbers that are not plain integers: those need the reference encoder.
        self._fractions = False
        self._decode = json.JSONDecoder(
            object_pairs_hook=_unique_keys,
            parse_int=self._parse_integer,
            parse_float=self._parse_fraction,
            parse_constant=_reject_constant,
        ).decode

    def read(self, raw: bytes) -> Any:
        """Parse JSON in UTF-8. Raises FormatError."""
        self._fractions = False
        try:
            return self._decode(raw.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise FormatError(N_("This is not UTF-8.")) from error
        except json.JSONDecodeError as error:
            raise FormatError(N_("This is not JSON: column {column}."), column=str(error.colno)) from error
        except RecursionError as error:
            raise FormatError(N_("This JSON is nested too deeply.")) from error

    def canonical(self, value: Any) -> bytes:
        """Serialize a part of the text that was read last as canonical JSON (RFC 8785). Raises FormatError."""
        try:
            if self._fractions:
                return canonical_bytes(value)
            text = encode(value)
            if not text.isascii() and _BEYOND_BASIC_PLANE.search(text):
                return canonical_bytes(value)
            return text.encode("utf-8")
        except ValueError as error:
            raise FormatError(N_("This JSON has no canonical form (RFC 8785).")) from error

    def _parse_integer(self, digits: str) -> int | float:
        # The length is checked first: converting a very long number takes quadratic time.
        if len(digits) <= _MAX_DIGITS and -MAX_INTEGER <= (number := int(digits)) <= MAX_INTEGER:
            if digits == "-0":
                self._fractions = True
                return -0.0
            return number
        raise FormatError(N_("A number is too large to be exact: {number}."), number=digits[:30])

    def _parse_fraction(self, digits: str) -> float:
        self._fractions = True
        return float(digits)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        names = [name for name, _value in pairs]
        duplicate = next(name for name in names if names.count(name) > 1)
        raise FormatError(N_("The key “{key}” occurs twice in one object."), key=duplicate[:60])
    return mapping


def _reject_constant(constant: str) -> Any:
    raise FormatError(N_("{constant} is not a number in JSON."), constant=constant)
