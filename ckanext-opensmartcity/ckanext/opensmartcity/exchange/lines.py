"""Lines of a file as text, none of them longer than a record may be."""

from __future__ import annotations

from collections.abc import Iterator

from .encodings import BOM, Source
from .problems import MAX_RECORD, Problem, not_utf8, too_large


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
