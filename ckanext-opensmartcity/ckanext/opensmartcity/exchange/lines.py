"""Lines of a file as text, none of them longer than a record may be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from ..standard import Message
from ..standard.messages import N_
from .problems import ENCODING, MAX_RECORD, SIZE, Problem

_BOM = b"\xef\xbb\xbf"


def read_lines(file: BinaryIO) -> Iterator[tuple[int, str | Problem]]:
    """Yield number and text of each line, or the problem that keeps it from being text."""
    number = 0
    while raw := file.readline(MAX_RECORD + 1):
        number += 1
        if len(raw) > MAX_RECORD:
            _skip_rest(file, raw)
            yield number, too_large(number)
        else:
            yield number, _decoded(number, raw.removeprefix(_BOM) if number == 1 else raw)


def too_large(number: int) -> Problem:
    """Return the problem of a line or record that is longer than a record may be."""
    template = N_("This record is larger than {limit} MB. It was left out.")
    return Problem(number, None, SIZE, Message(template, {"limit": str(MAX_RECORD // 1024 // 1024)}))


def _skip_rest(file: BinaryIO, raw: bytes) -> None:
    while raw and not raw.endswith(b"\n"):
        raw = file.readline(MAX_RECORD)


def _decoded(number: int, raw: bytes) -> str | Problem:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        column = len(raw[: error.start].decode("utf-8")) + 1
        return Problem(number, column, ENCODING, Message(N_("This line is not UTF-8 text. Save the file as UTF-8.")))
