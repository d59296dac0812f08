"""Records of JSON Lines, or of a JSON file with one object or a list of objects, one in memory at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

import ijson

from ..standard import Message
from ..standard.messages import N_
from .lines import read_lines, too_large
from .problems import JSON, MAX_RECORD, Problem
from .rows import Row

MAX_DEPTH = 100
_DEPTH = {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}
_NOT_JSON = N_("This is not JSON that can be read: {reason}.")
_NOT_OBJECT = N_("A record must be a JSON object.")


def read_json_lines(file: BinaryIO) -> Iterator[Row | Problem]:
    """Yield a record a line; a line that cannot be read is a problem and the rest goes on."""
    for number, line in read_lines(file):
        if isinstance(line, Problem):
            yield line
        elif line.strip():
            yield _record_of(number, line)


def _record_of(number: int, line: str) -> Row | Problem:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        return Problem(number, error.colno, JSON, Message(_NOT_JSON, {"reason": error.msg}))
    except (ValueError, RecursionError) as error:
        return Problem(number, None, JSON, Message(_NOT_JSON, {"reason": str(error)}))
    return _row(number, value)


def read_json(file: BinaryIO) -> Iterator[Row | Problem]:
    """Yield the object, or each object of the list; after broken JSON nothing more can be read."""
    guarded = _Guarded(file)
    number = 0
    try:
        for value in _values(guarded):
            number += 1
            guarded.since_record = 0
            yield _row(number, value)
    except _TooLargeError:
        yield too_large(number + 1)
    except (ijson.JSONError, ValueError) as error:
        yield Problem(number + 1, None, JSON, Message(_NOT_JSON, {"reason": str(error).partition("\n")[0]}))


def _values(file: _Guarded) -> Iterator[Any]:
    """Yield the value of the file, or each value of its list; ValueError where one is nested too deeply."""
    base = 1 if file.peek().lstrip()[:1] == b"[" else 0
    events = ijson.basic_parse(file, use_float=True)
    depth, builder = _step(next(events, ("null", None)), 0) if base else 0, ijson.ObjectBuilder()
    for event in events:
        depth = _step(event, depth)
        if depth < base:
            return
        builder.event(*event)
        if depth == base:
            yield builder.value
            builder = ijson.ObjectBuilder()


def _step(event: tuple[str, Any], depth: int) -> int:
    depth += _DEPTH.get(event[0], 0)
    if depth > MAX_DEPTH:
        raise ValueError("it is nested too deeply")
    return depth


def _row(number: int, value: Any) -> Row | Problem:
    return Row(number, value) if isinstance(value, dict) else Problem(number, None, JSON, Message(_NOT_OBJECT))


class _TooLargeError(Exception):
    """More bytes were read for one record than a record may have."""


class _Guarded:
    """A file that refuses to be read on and on for a single record."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._head = b""
        self.since_record = 0

    def peek(self) -> bytes:
        """Return the first bytes without using them up."""
        self._head = self._head or self._file.read(4096).removeprefix(b"\xef\xbb\xbf")
        return self._head

    def read(self, size: int = -1) -> bytes:
        """Read as a file does; _TooLargeError past the limit."""
        if not size:  # ijson asks for nothing to learn whether it gets bytes
            return b""
        head, self._head = self._head, b""
        chunk = head or self._file.read(size)
        self.since_record += len(chunk)
        if self.since_record > MAX_RECORD:
            raise _TooLargeError
        return chunk
