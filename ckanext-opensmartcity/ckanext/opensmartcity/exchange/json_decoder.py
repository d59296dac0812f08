"""JSON text into values, strictly: what RFC 8259 does not allow is refused, and a key that stands twice is told."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|(-?\b(?:NaN|Infinity)\b)', re.DOTALL)
_LONG_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*"|(\d{1000,})', re.DOTALL)
# The longest token that may stand cut in two at the end of a chunk, such as an escape or a literal.
_TOKEN = 16


class BrokenError(ValueError):
    """Text that is not JSON: the reason, and the position of the mistake where it is known."""

    def __init__(self, reason: str, position: int | None, *, cut: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position
        self.cut = cut


@dataclass(frozen=True)
class Value:
    """One JSON value, where its text ends, keys that stand twice in an object of it, and what may not be in it."""

    value: Any
    end: int
    repeated: tuple[str, ...]
    wrong: BrokenError | None


class Decoder:
    """Decodes values out of a text; BrokenError says why one cannot be read, and whether more text might help."""

    def __init__(self) -> None:
        self._repeated: list[str] = []
        self._refused: list[tuple[re.Pattern[str], str]] = []
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object, parse_constant=self._constant, parse_int=self._integer
        )

    def value_at(self, text: str, position: int) -> Value:
        """Decode the value that starts at a position."""
        self._repeated.clear()
        self._refused.clear()
        try:
            value, end = self._decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            cut = error.msg.startswith("Unterminated string") or error.pos >= len(text) - _TOKEN
            raise BrokenError(error.msg, error.pos, cut=cut) from error
        except RecursionError as error:
            raise BrokenError("it is nested too deeply", None) from error
        return Value(value, end, tuple(dict.fromkeys(self._repeated)), self._wrong(text, position))

    def _wrong(self, text: str, start: int) -> BrokenError | None:
        for pattern, reason in self._refused:
            position = next((found.start(1) for found in pattern.finditer(text, start) if found[1]), None)
            return BrokenError(reason, position)
        return None

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            counts = Counter(name for name, _ in pairs)
            self._repeated += [name for name in result if counts[name] > 1]
        return result

    def _constant(self, name: str) -> None:
        self._refused.append((_CONSTANT, f"{name} is not JSON"))

    def _integer(self, digits: str) -> int | None:
        try:
            return int(digits)
        except ValueError:  # more digits than Python reads
            self._refused.append((_LONG_NUMBER, "a number is too long"))
            return None
