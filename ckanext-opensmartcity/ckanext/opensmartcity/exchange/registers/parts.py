"""Texts of several fields under one question of ours, each under its heading, and taken apart again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ...standard.answers import MAX_TEXT
from .model import Line


def join(pieces: Iterable[tuple[Line, str]], *, is_long: bool) -> tuple[str, tuple[Line, ...]]:
    """Return the text, and the lines for which there was no room in it."""
    text, left_out = "", []
    for line, piece in pieces:
        shown = f"{line.part}: {piece}" if line.part else piece
        longer = (text + _between(is_long) + shown) if text else shown
        if len(longer) > MAX_TEXT:
            left_out.append(line)
        else:
            text = longer
    return text, tuple(left_out)


def split(text: str, lines: Sequence[Line], *, is_long: bool) -> Mapping[str | None, str]:
    """Return the text of each heading, and under None what stands before the first of them."""
    headings = [line.part for line in lines if line.part]
    if not headings:
        return {None: text} if text else {}
    between = re.escape(_between(is_long))
    known = "|".join(re.escape(heading) for heading in sorted(headings, key=len, reverse=True))
    pieces = re.split(f"(?:^|{between})({known}): ", text)
    found: dict[str | None, str] = {None: pieces[0]} if pieces[0] else {}
    for heading, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        # A heading that stands there twice keeps both its texts.
        found[heading] = f"{found[heading]}{_between(is_long)}{piece}" if heading in found else piece
    return found


def _between(is_long: bool) -> str:
    return "\n\n" if is_long else "; "
