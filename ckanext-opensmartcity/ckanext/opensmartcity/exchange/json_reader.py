"""Lines of a file as text, none of them longer than a record may be."""
# MERGED The text of a JSON file from a position on: read on as it is needed, with line and column of where we are.
# MERGED Records of JSON Lines, or of a JSON file with one object or a list of objects, one in memory at a time.

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from ..standard import Message
from ..standard.answers import shorten
from ..standard.i18n import N_
from .encodings import BOM, Source
from .json_decoder import BrokenError, Decoder, Value
from .problems import JSON, MAX_RECORD, REPEATED, Problem, Row, broken, not_utf8, not_utf8_at, too_large


def read_lines(file: Source, forgiven: int = 0) -> Iterator[tuple[int, str | Problem]]:
    """Yield number and text of each line, or the problem that keeps it from being text.

    The first lines, as many as are `forgiven`, come as text behind their problem.
    """
    number = 0
    while raw := file.readline(MAX_RECORD + 1):
        number += 1
        if len(raw) > MAX_RECORD:
            _skip_rest(file, raw)
            yield number, too_large(number)
            continue
        text = _decoded(number, raw.removeprefix(BOM) if number == 1 else raw)
        yield number, text
        if isinstance(text, Problem) and number <= forgiven:
            yield number, raw.decode("utf-8", "replace")


def _skip_rest(file: Source, raw: bytes) -> None:
    while raw and not raw.endswith(b"\n"):
        raw = file.readline(MAX_RECORD)


def _decoded(number: int, raw: bytes) -> str | Problem:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return not_utf8(number, raw, error.start)


_CHUNK = 64 * 1024
_BLANKS = re.compile(r"[ \t\r\n]*")
# Bytes that are not UTF-8 are read as these, so that only the record that holds them is lost.
_NOT_UTF8 = re.compile("[\udc80-\udcff]")


class TooLargeError(Exception):
    """More was read for one record than a record may have."""


def skip_blanks(text: str, position: int) -> int:
    """Return the position of the next character that JSON does not pass over."""
    found = _BLANKS.match(text, position)
    return found.end() if found else position


class JsonText:
    """What is left of a file; `line` is that of the position `at`."""

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
        """Go to the next character that is no blank, and return it; nothing at the end of the file."""
        while True:
            self.at = skip_blanks(self._text, self.at)
            if self.at < len(self._text) or self._ended:
                self._count(self.at)
                return self._text[self.at : self.at + 1]
            self._read_on()

    def step(self) -> None:
        """Go past one character."""
        self.at += 1

    def value(self) -> Value | Problem:
        """Decode the value here and go behind it; the problem instead if it must be left out."""
        while True:
            try:
                found = self._decoder.value_at(self._text, self.at)
            except BrokenError as error:
                if self._ended or not error.cut:
                    raise
            else:
                if self._ended or found.end < len(self._text):
                    return self._taken(found)
            if len(self._text) - self.at > MAX_RECORD:
                raise TooLargeError
            self._read_on()

    def place(self, position: int | None) -> tuple[int, int | None]:
        """Return line and column of a position, or the line of the value where the position is not known."""
        if position is None:
            return self.line, None
        self._count(position)
        return self.line, self._column

    def _taken(self, found: Value) -> Value | Problem:
        start, self.at = self.at, found.end
        if found.end - start > MAX_RECORD:
            return too_large(self.line)
        text = self._text[start : found.end]
        if not text.isascii() and (wrong := _NOT_UTF8.search(text)):
            self._count(start + wrong.start())
            return not_utf8_at(self.line, self._column)
        if found.wrong:
            return broken(found.wrong, *self.place(found.wrong.position))
        return found

    def _count(self, position: int) -> None:
        """Bring line and column to a position."""
        lines = self._text.count("\n", self._counted, position)
        if lines:
            self.line += lines
            self._column = position - self._text.rindex("\n", self._counted, position)
        else:
            self._column += position - self._counted
        self._counted = position

    def _read_on(self) -> None:
        """Drop what is behind us and read more: as much again, so that a long record is not decoded too often."""
        self._count(self.at)
        kept = self._text[self.at :]
        raw = self._file.read(max(1, min(max(_CHUNK, len(kept)), MAX_RECORD + _CHUNK - len(kept))))
        self._ended = not raw
        self._text, self.at, self._counted = kept + self._decode.decode(raw, self._ended), 0, 0
        if not self._started:
            self._text, self._started = self._text.removeprefix("\ufeff"), True


_NOT_OBJECT = N_("A record must be a JSON object.")
_TWICE = N_("“{value}” stands here twice. The last one counts.")


def read_json_lines(file: Source) -> Iterator[Row | Problem]:
    """Yield a record a line; a line that cannot be read is a problem and the rest goes on."""
    decoder = Decoder()
    number = 0
    for line, text in read_lines(file):
        if isinstance(text, Problem):
            number += 1
            yield text
        elif text.strip():
            number += 1
            yield from _items(line, number, _line_value(decoder, line, text))


def _line_value(decoder: Decoder, line: int, text: str) -> Value | Problem:
    try:
        found = decoder.value_at(text, skip_blanks(text, 0))
        if found.wrong:
            raise found.wrong
        if (end := skip_blanks(text, found.end)) < len(text):
            raise BrokenError("Extra data", end)
    except BrokenError as error:
        return broken(error, line, None if error.position is None else error.position + 1)
    return found


def _items(line: int, number: int, found: Value | Problem) -> Iterator[Row | Problem]:
    """Yield what a value is: its problems, and the record if it is one."""
    if isinstance(found, Problem):
        yield found
        return
    for name in found.repeated:
        yield Problem(line, None, REPEATED, Message(_TWICE, {"value": shorten(name)}), name)
    if isinstance(found.value, dict):
        yield Row(line, found.value, number)
    else:
        yield Problem(line, None, JSON, Message(_NOT_OBJECT))


def read_json(file: Source) -> Iterator[Row | Problem]:
    """Yield the objects of a list, or those that follow each other; after broken JSON nothing more can be read."""
    text = JsonText(file)
    number = 0
    try:
        for line, found in _values(text):
            number += 1
            yield from _items(line, number, found)
    except TooLargeError:
        yield too_large(text.line)
    except BrokenError as error:
        yield broken(error, *text.place(error.position))


def _values(text: JsonText) -> Iterator[tuple[int, Value | Problem]]:
    """Yield each value with the line on which it starts."""
    if text.next_char() == "[":
        text.step()
        yield from _entries(text)
    else:
        while text.next_char():
            yield text.line, text.value()


def _entries(text: JsonText) -> Iterator[tuple[int, Value | Problem]]:
    if text.next_char() != "]":
        yield text.line, text.value()
        while text.next_char() == ",":
            text.step()
            text.next_char()
            yield text.line, text.value()
    if (char := text.next_char()) != "]":
        raise BrokenError("Expecting ',' delimiter" if char else "the list does not end", text.at)
    text.step()
    if text.next_char():
        raise BrokenError("Extra data", text.at)
