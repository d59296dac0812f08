"""Text in a picture, which cannot flow: cut into lines by an estimate of how wide letters are."""

from __future__ import annotations

import re
from html import escape
from unicodedata import category, east_asian_width

# What changes the direction of letters or is not to be seen would reach beyond its own line.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_JOINERS = "\u200c\u200d"
_BREAKS = re.compile(r"(?<=[\s/\-.,;:?&=@])")
_WIDE, _USUAL = 1.0, 0.56
_CAPITAL = 0.72


def clean(text: str) -> str:
    """Return a text in one line without letters that cannot be seen, such as changes of direction."""
    seen = (letter for letter in " ".join(text.split()) if letter in _JOINERS or category(letter) not in _UNSEEN)
    return "".join(seen)


def width(text: str) -> float:
    """Estimate how wide a text is, in units of its own size."""
    return sum(map(_letter_width, text))


def _letter_width(letter: str) -> float:
    if east_asian_width(letter) in "WF":
        return _WIDE
    return _CAPITAL if letter.isupper() or letter in "mwMW@%—" else _USUAL


def wrap(text: str, room: float, most: int) -> list[str]:
    """Break a text into at most so many lines that fit the room; what does not fit ends in an ellipsis."""
    lines: list[str] = []
    for piece in _pieces(clean(text), room):
        if lines and width(lines[-1] + piece.rstrip()) <= room:
            lines[-1] += piece
        else:
            lines.append(piece)
    kept = [line.strip() for line in lines[:most]]
    return kept if len(lines) <= most else [*kept[:-1], _with_ellipsis(kept[-1], room)]


def _pieces(text: str, room: float) -> list[str]:
    """Split a text where lines may break, and within a word only where the word is wider than the room."""
    return [part for piece in _BREAKS.split(text) if piece for part in _fitting(piece, room)]


def _fitting(piece: str, room: float) -> list[str]:
    parts, current = [], ""
    for letter in piece:
        if current and width(current + letter) > room:
            parts.append(current)
            current = ""
        current += letter
    return [*parts, current]


def _with_ellipsis(line: str, room: float) -> str:
    while line and width(line + "…") > room:
        line = line[:-1]
    return line.rstrip() + "…"


def text_element(line: str, x: float, y: float, css: str) -> str:
    """Return one line of text of a class, centred: so it reads well in either direction."""
    return f'<text class="{css}" x="{x:g}" y="{y:g}" text-anchor="middle">{escape(line)}</text>'
