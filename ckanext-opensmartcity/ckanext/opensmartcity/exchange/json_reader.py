"""Strict JSON decoder (RFC 8259): rejects NaN and Infinity, and reports duplicate keys.

The streaming readers take JSON Lines, and JSON files of one object, a list of objects, or several objects. The decoder
therefore reads one value at a time from a text that may end in the middle of the value.
"""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..standard import Message
from ..standard.answers import shorten
from ..standard.i18n import N_
from .encodings import BOM, Source
from .problems import (
    JSON,
    MAX_RECORD,
    REPEATED,
    JsonSyntaxError,
    Problem,
    Row,
    invalid_json,
    not_utf8,
    not_utf8_at,
    record_too_large,
)

_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|(-?\b(?:NaN|Infinity)\b)', re.DOTALL)
_LONG_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*"|(\d{1000,})', re.DOTALL)
# Longest token that the end of a chunk can split, such as an escape sequence or a literal; in characters.
_MAX_TOKEN = 16


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


def read_lines(file: Source, lenient: int = 0) -> Iterator[tuple[int, str | Problem]]:
    """Yield the number and text of each line, or a problem if it is too large or not UTF-8.

    The first `lenient` lines follow as text after their encoding problem, with U+FFFD for invalid bytes.
    """
    number = 0
    while raw := file.readline(MAX_RECORD + 1):
        number += 1
        if len(raw) > MAX_RECORD:
            while raw and not raw.endswith(b"\n"):
                raw = file.readline(MAX_RECORD)
            yield number, record_too_large(number)
            continue
        raw = raw.removeprefix(BOM) if number == 1 else raw
        try:
            yield number, raw.decode("utf-8")
        except UnicodeDecodeError as error:
            problem = not_utf8(number, raw, error.start)
            yield number, problem if number > lenient else replace(problem, loss="nothing")
            if number <= lenient:
                yield number, raw.decode("utf-8", "replace")


_CHUNK = 64 * 1024
_BLANKS = re.compile(r"[ \t\r\n]*")
# Surrogates to which `surrogateescape` decodes invalid bytes, so that only the record that holds them is skipped.
_NOT_UTF8 = re.compile("[\udc80-\udcff]")


class TooLargeError(Exception):
    """A record exceeds MAX_RECORD, so its end was not looked for."""


def skip_blanks(text: str, position: int) -> int:
    """Return the position of the next character that is not JSON whitespace."""
    match = _BLANKS.match(text, position)
    return match.end() if match else position


class JsonScanner:
    """Scanner over the unread part of a JSON file, read in chunks.

    `at` is the position in the buffered text, `line` its line number in the file.
    """

    def __init__(self, file: Source) -> None:
        self._file = file
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._decoder = Decoder()
        self._text = ""
        self._counted = 0
        self._column = 1
        self._started = self._ended = False
        self.line = 1
        self.at = 0

    def next_char(self) -> str:
        """Move to the next character that is not whitespace and return it; an empty string at the end of the file."""
        while True:
            self.at = skip_blanks(self._text, self.at)
            if self.at < len(self._text) or self._ended:
                self._count(self.at)
                return self._text[self.at : self.at + 1]
            self._read_more()

    def skip_char(self) -> None:
        """Move past one character."""
        self.at += 1

    def read_value(self) -> DecodedValue | Problem:
        """Decode the value at the position and move past it. Return a problem if the value must be skipped.

        Raise JsonSyntaxError for invalid JSON and TooLargeError for an oversized record: nothing after it is readable.
        """
        while True:
            try:
                decoded = self._decoder.value_at(self._text, self.at)
            except JsonSyntaxError as error:
                if self._ended or not error.truncated:
                    raise
            else:
                if self._ended or decoded.end < len(self._text):
                    return self._consume(decoded)
            if len(self._text) - self.at > MAX_RECORD:
                raise TooLargeError
            self._read_more()

    def line_and_column(self, position: int | None) -> tuple[int, int | None]:
        """Return the line and column of a position; only the current line if the position is unknown."""
        if position is None:
            return self.line, None
        self._count(position)
        return self.line, self._column

    def _consume(self, decoded: DecodedValue) -> DecodedValue | Problem:
        start, self.at = self.at, decoded.end
        if decoded.end - start > MAX_RECORD:
            return record_too_large(self.line)
        text = self._text[start : decoded.end]
        if not text.isascii() and (match := _NOT_UTF8.search(text)):
            self._count(start + match.start())
            return not_utf8_at(self.line, self._column)
        if decoded.error:
            return invalid_json(decoded.error, *self.line_and_column(decoded.error.position))
        return decoded

    def _count(self, position: int) -> None:
        """Update line and column for a position."""
        lines = self._text.count("\n", self._counted, position)
        if lines:
            self.line += lines
            self._column = position - self._text.rindex("\n", self._counted, position)
        else:
            self._column += position - self._counted
        self._counted = position

    def _read_more(self) -> None:
        """Discard the consumed text and read more.

        The buffer doubles each time, so that a long record is decoded a logarithmic number of times.
        """
        self._count(self.at)
        kept = self._text[self.at :]
        raw = self._file.read(max(1, min(max(_CHUNK, len(kept)), MAX_RECORD + _CHUNK - len(kept))))
        self._ended = not raw
        self._text, self.at, self._counted = kept + self._decode.decode(raw, self._ended), 0, 0
        if not self._started:
            self._text, self._started = self._text.removeprefix("\ufeff"), True


_NOT_OBJECT = N_("A record must be a JSON object.")
_DUPLICATE_KEY = N_("“{value}” occurs twice here. The last one counts.")


def read_json_lines(file: Source) -> Iterator[Row | Problem]:
    """Yield one record a line. An invalid line is a problem; the lines after it are read."""
    decoder = Decoder()
    number = 0
    for line, text in read_lines(file):
        if isinstance(text, Problem):
            number += 1
            yield text
        elif text.strip():
            number += 1
            try:
                decoded = decoder.value_at(text, skip_blanks(text, 0))
                if decoded.error:
                    raise decoded.error
                if (end := skip_blanks(text, decoded.end)) < len(text):
                    raise JsonSyntaxError("Extra data", end)
            except JsonSyntaxError as error:
                yield invalid_json(error, line, None if error.position is None else error.position + 1)
            else:
                yield from _items(line, number, decoded)


def _items(line: int, number: int, decoded: DecodedValue | Problem) -> Iterator[Row | Problem]:
    """Yield the problems of a decoded value, and its record if it is an object."""
    if isinstance(decoded, Problem):
        yield decoded
        return
    for name in decoded.duplicate_keys:
        yield Problem(line, None, REPEATED, Message(_DUPLICATE_KEY, {"value": shorten(name)}), name, "value")
    if isinstance(decoded.value, dict):
        yield Row(line, decoded.value, number)
    else:
        yield Problem(line, None, JSON, Message(_NOT_OBJECT))


def read_json(file: Source) -> Iterator[Row | Problem]:
    """Yield the objects of a list, or of a sequence of objects. After invalid JSON the rest of the file is skipped."""
    scanner = JsonScanner(file)
    number = 0
    try:
        for line, decoded in _values(scanner):
            number += 1
            yield from _items(line, number, decoded)
    except TooLargeError:
        yield record_too_large(scanner.line)
    except JsonSyntaxError as error:
        yield invalid_json(error, *scanner.line_and_column(error.position))


def _values(scanner: JsonScanner) -> Iterator[tuple[int, DecodedValue | Problem]]:
    """Yield each value with the line on which it starts."""
    if scanner.next_char() != "[":
        while scanner.next_char():
            yield scanner.line, scanner.read_value()
        return
    scanner.skip_char()
    if scanner.next_char() != "]":
        yield scanner.line, scanner.read_value()
        while scanner.next_char() == ",":
            scanner.skip_char()
            scanner.next_char()
            yield scanner.line, scanner.read_value()
    if (char := scanner.next_char()) != "]":
        raise JsonSyntaxError("Expecting ',' delimiter" if char else "the list does not end", scanner.at)
    scanner.skip_char()
    if scanner.next_char():
        raise JsonSyntaxError("Extra data", scanner.at)
