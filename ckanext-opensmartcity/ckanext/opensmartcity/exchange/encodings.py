"""Files as bytes of UTF-8: what a spreadsheet saved as UTF-16 is told, and read all the same."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO, Protocol, cast

from ..standard import Message
from ..standard.i18n import N_
from .problems import ENCODING, Problem

BOM = b"\xef\xbb\xbf"

# By byte order mark, or by the zeros that such an encoding puts between the letters of names and braces.
_ENCODINGS = (
    (re.compile(rb"\xff\xfe\0\0|\0\0\xfe\xff", re.DOTALL), "utf-32"),
    (re.compile(rb"\xff\xfe|\xfe\xff", re.DOTALL), "utf-16"),
    (re.compile(rb"[^\0]\0\0\0", re.DOTALL), "utf-32-le"),
    (re.compile(rb"\0\0\0[^\0]", re.DOTALL), "utf-32-be"),
    (re.compile(rb"[^\0]\0[^\0]\0", re.DOTALL), "utf-16-le"),
    (re.compile(rb"\0[^\0]\0[^\0]", re.DOTALL), "utf-16-be"),
)


class Source(Protocol):
    """What the readers need of a file."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes, none at the end."""

    def readline(self, size: int, /) -> bytes:
        """Return the bytes up to the end of the line, at most so many."""


class _Peekable(Protocol):
    def peek(self, size: int, /) -> bytes: ...


def first_bytes(file: BinaryIO, size: int = 4096) -> bytes:
    """Return the first bytes of a buffered file without using them up."""
    return cast(_Peekable, file).peek(size)[:size]


def as_utf8(file: BinaryIO) -> tuple[Source, Iterator[Problem]]:
    """Return a file as bytes of UTF-8, and the problem of its encoding if it has another that can be told."""
    head = first_bytes(file)
    for pattern, encoding in _ENCODINGS:
        if pattern.match(head):
            return _Recoded(file, encoding), iter([_other_encoding(encoding)])
    return file, iter(())


def _other_encoding(encoding: str) -> Problem:
    template = N_("This file is {encoding}, not UTF-8. It was read all the same. Save the file as UTF-8.")
    return Problem(1, 1, ENCODING, Message(template, {"encoding": encoding.upper()}))


class _Recoded:
    """A file of another encoding, read as UTF-8; what is no character in it becomes U+FFFD."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="\n")

    def read(self, size: int, /) -> bytes:
        return self._text.read(size).encode("utf-8", "replace")

    def readline(self, size: int, /) -> bytes:
        return self._text.readline(size).encode("utf-8", "replace")
