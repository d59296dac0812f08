"""JSON read strictly, one text after the other, and the canonical bytes of what was read, fast."""

from __future__ import annotations

import json
import re
from typing import Any

from ..standard.i18n import N_
from .errors import Unreadable
from .event import LARGEST_INTEGER, canonical_bytes, encode

_BEYOND_BASIC_PLANE = re.compile("[\U00010000-\U0010ffff]")


class StrictJson:
    """Reads JSON in which no key stands twice and every number is one; remembers whether the last had fractions."""

    def __init__(self) -> None:
        self._fractions = False
        self._decode = json.JSONDecoder(
            object_pairs_hook=_unique, parse_int=self._integer, parse_float=self._fraction, parse_constant=_refuse
        ).decode

    def read(self, raw: bytes) -> Any:
        """Return the value of a JSON text in UTF-8; Unreadable where it is none."""
        self._fractions = False
        try:
            return self._decode(raw.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise Unreadable(N_("This is not UTF-8.")) from error
        except json.JSONDecodeError as error:
            raise Unreadable(N_("This is not JSON: column {column}."), column=str(error.colno)) from error
        except RecursionError as error:
            raise Unreadable(N_("This JSON is nested too deep.")) from error

    def canonical(self, value: Any) -> bytes:
        """Return the canonical bytes (RFC 8785) of a part of what was read last."""
        try:
            if self._fractions:
                return canonical_bytes(value)
            text = encode(value)
            if not text.isascii() and _BEYOND_BASIC_PLANE.search(text):
                return canonical_bytes(value)
            return text.encode("utf-8")
        except ValueError as error:
            raise Unreadable(N_("This JSON has no canonical form (RFC 8785).")) from error

    def _integer(self, digits: str) -> int | float:
        # The number of digits is bounded first: converting a very long number takes very long.
        if len(digits) < 20 and -LARGEST_INTEGER <= (number := int(digits)) <= LARGEST_INTEGER:
            if digits == "-0":
                self._fractions = True
                return -0.0
            return number
        raise Unreadable(N_("A number is too large to be exact: {number}."), number=digits[:30])

    def _fraction(self, digits: str) -> float:
        self._fractions = True
        return float(digits)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Unreadable(N_("The key “{key}” stands twice in one object."), key=twice[:60])
    return found


def _refuse(constant: str) -> Any:
    raise Unreadable(N_("{constant} is not a number in JSON."), constant=constant)
