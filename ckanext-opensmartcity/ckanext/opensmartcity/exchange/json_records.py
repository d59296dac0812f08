"""Records of JSON Lines, or of a JSON file with one object or a list of objects, one in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator

from ..standard import Message
from ..standard.answers import shorten
from ..standard.messages import N_
from .encodings import Source
from .json_text import JsonText, TooLargeError, skip_blanks
from .json_values import BrokenError, Decoder, Value
from .lines import read_lines
from .problems import JSON, REPEATED, Problem, broken, too_large
from .rows import Row

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
