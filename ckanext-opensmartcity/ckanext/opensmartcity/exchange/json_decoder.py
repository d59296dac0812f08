"""Strict JSON decoder (RFC 8259): rejects NaN and Infinity, and reports duplicate keys.

It decodes one value at a time from a text that may end in the middle of the value, as a streaming reader needs.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|(-?\b(?:NaN|Infinity)\b)', re.DOTALL)
_LONG_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*"|(\d{1000,})', re.DOTALL)
# Longest token that the end of a chunk can split, such as an escape sequence or a literal; in characters.
_MAX_TOKEN = 16


class JsonSyntaxError(ValueError):
    """Invalid JSON: the reason, and the position of the error if it is known.

    `truncated` is true if the value may be valid once more text has been read.
    """

    def __init__(self, reason: str, position: int | None, *, truncated: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position
        self.truncated = truncated


@dataclass(frozen=True)
class DecodedValue:
    """A JSON value and the position where its text ends.

    `duplicate_keys` are the keys that occur twice in one object of it; `error` is set if the value contains something
    that Python's decoder accepts and RFC 8259 does not.
    """

    value: Any
    end: int
    duplicate_keys: tuple[str, ...]
    error: JsonSyntaxError | None


class Decoder:
    """Decoder of single values within a text. Not thread-safe."""

    def __init__(self) -> None:
        self._duplicate_keys: list[str] = []
        self._errors: list[tuple[re.Pattern[str], str]] = []
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._build_object,
            parse_constant=lambda name: self._errors.append((_CONSTANT, f"{name} is not JSON")),
            parse_int=self._parse_integer,
        )

    def value_at(self, text: str, position: int) -> DecodedValue:
        """Decode the value that starts at a position. Raise JsonSyntaxError if there is no valid value."""
        self._duplicate_keys.clear()
        self._errors.clear()
        try:
            value, end = self._decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            truncated = error.msg.startswith("Unterminated string") or error.pos >= len(text) - _MAX_TOKEN
            raise JsonSyntaxError(error.msg, error.pos, truncated=truncated) from error
        except RecursionError as error:
            raise JsonSyntaxError("it is nested too deeply", None) from error
        syntax_error = None
        if self._errors:
            # The hooks of `json` do not know where they are, so the first offending token is searched for.
            pattern, reason = self._errors[0]
            at = next((match.start(1) for match in pattern.finditer(text, position) if match[1]), None)
            syntax_error = JsonSyntaxError(reason, at)
        return DecodedValue(value, end, tuple(dict.fromkeys(self._duplicate_keys)), syntax_error)

    def _build_object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            counts = Counter(name for name, _ in pairs)
            self._duplicate_keys += [name for name in result if counts[name] > 1]
        return result

    def _parse_integer(self, digits: str) -> int | None:
        try:
            return int(digits)
        except ValueError:  # more digits than sys.get_int_max_str_digits() allows
            self._errors.append((_LONG_NUMBER, "a number is too long"))
            return None
