"""The text of a JSON file from a position on: read on as it is needed, with line and column of where we are."""

from __future__ import annotations

import codecs
import re

from .encodings import Source
from .json_values import BrokenError, Decoder, Value
from .problems import MAX_RECORD, Problem, broken, not_utf8_at, too_large

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
