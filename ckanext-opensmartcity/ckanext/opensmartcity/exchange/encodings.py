"""Encoding detection: UTF-16 and UTF-32 files, as spreadsheets save them, are transcoded to UTF-8 with a warning."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO, Protocol, cast

from ..standard import Message
from ..standard.i18n import N_
from .problems import ENCODING, Problem

BOM = b"\xef\xbb\xbf"

# Detected by byte order mark, or by the zero bytes around the ASCII characters of names and braces.
_ENCODINGS = (
    (re.compile(rb"\xff\xfe\0\0|\0\0\xfe\xff", re.DOTALL), "utf-32"),
    (re.compile(rb"\xff\xfe|\xfe\xff", re.DOTALL), "utf-16"),
    (re.compile(rb"[^\0]\0\0\0", re.DOTALL), "utf-32-le"),
    (re.compile(rb"\0\0\0[^\0]", re.DOTALL), "utf-32-be"),
    (re.compile(rb"[^\0]\0[^\0]\0", re.DOTALL), "utf-16-le"),
    (re.compile(rb"\0[^\0]\0[^\0]", re.DOTALL), "utf-16-be"),
)


class Source(Protocol):
    """Binary file interface that the readers need."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end of the file."""

    def readline(self, size: int, /) -> bytes:
        """Return the rest of the line, at most `size` bytes."""


class _Peekable(Protocol):
    def peek(self, size: int, /) -> bytes: ...


def first_bytes(file: BinaryIO, size: int = 4096) -> bytes:
    """Return the first bytes of a buffered file without consuming them."""
    return cast(_Peekable, file).peek(size)[:size]


def as_utf8(file: BinaryIO) -> tuple[Source, Iterator[Problem]]:
    """Return a UTF-8 view of a file, and a problem if another encoding was detected."""
    head = first_bytes(file)
    for pattern, encoding in _ENCODINGS:
        if pattern.match(head):
            template = N_("This file is {encoding}, not UTF-8. It was read anyway. Save the file as UTF-8.")
            problem = Problem(1, 1, ENCODING, Message(template, {"encoding": encoding.upper()}), loss="nothing")
            return _Transcoded(file, encoding), iter([problem])
    return file, iter(())


class _Transcoded:
    """File in another encoding, transcoded to UTF-8; invalid sequences become U+FFFD."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="\n")

    def read(self, size: int, /) -> bytes:
        return self._text.read(size).encode("utf-8", "replace")

    def readline(self, size: int, /) -> bytes:
        return self._text.readline(size).encode("utf-8", "replace")
