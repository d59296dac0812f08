"""Text in a picture, which cannot flow: cut into lines by an estimate of how wide letters are."""
# MERGED The way of the data as a picture: stations below each other, an arrow between two.
# MERGED A sign for the street: a QR code, what it is about, and the address for those who type.

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from unicodedata import category, east_asian_width

import segno

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


# One unit is one pixel on a narrow phone, where the picture is as wide as the text.
WIDTH = 300
LABEL_SIZE, TEXT_SIZE = 14, 16
_PADDING, _FLOW_LEADING, _GAP, _LINES = 12, 20, 30, 3
_ROOM = (WIDTH - 2 * _PADDING) / TEXT_SIZE


@dataclass(frozen=True)
class Station:
    """Where data is or who has it: a label, what is known in one or more lines; `open` where nothing is."""

    label: str
    lines: tuple[str, ...]
    open: bool = False


def draw_flow(stations: Sequence[Station], title: str, description: str, id: str = "osc-flow") -> str:
    """Return the picture as an SVG element with a name and a description for those who do not see it."""
    drawn, top = [], 1.0
    for index, station in enumerate(stations):
        if index:
            drawn.append(_arrow(top))
            top += _GAP
        element, height = _draw(station, top)
        drawn.append(element)
        top += height
    return (
        f'<svg class="osc-flow" role="img" aria-labelledby="{id}-title {id}-desc" viewBox="0 0 {WIDTH} {top + 1:g}" '
        f'xmlns="http://www.w3.org/2000/svg"><title id="{id}-title">{escape(title)}</title>'
        f'<desc id="{id}-desc">{escape(description)}</desc>{"".join(drawn)}</svg>'
    )


def _draw(station: Station, top: float) -> tuple[str, float]:
    label = wrap(station.label, _ROOM * TEXT_SIZE / LABEL_SIZE, 2)
    lines = [line for text in station.lines for line in wrap(text, _ROOM, _LINES)]
    height = 2 * _PADDING + _FLOW_LEADING * (len(label) + len(lines)) - 4
    css = "osc-station osc-open" if station.open else "osc-station"
    written = [("osc-station-label", line) for line in label] + [("osc-station-text", line) for line in lines]
    texts = (
        text_element(line, WIDTH / 2, top + _PADDING + 12 + _FLOW_LEADING * number, css)
        for number, (css, line) in enumerate(written)
    )
    box = f'<rect x="1" y="{top:g}" width="{WIDTH - 2}" height="{height:g}" rx="6"/>'
    return f'<g class="{css}">{box}{"".join(texts)}</g>', height


def _arrow(top: float) -> str:
    middle, tip = WIDTH / 2, top + _GAP - 3
    shaft, head = (
        f"M{middle:g} {top + 3:g}V{tip:g}",
        f"M{middle - 6:g} {tip - 7:g}L{middle:g} {tip:g}L{middle + 6:g} {tip - 7:g}",
    )
    return f'<path class="osc-arrow" d="{shaft}{head}"/>'


# Signs get dirty: a quarter of the code may be lost. Four modules around it must be empty (ISO/IEC 18004).
_ERROR, _QUIET = "q", 4
_SIDE, _SIZE, _SIGN_LEADING = 320, 14, 20
_STYLE = f"text{{font:{_SIZE}px sans-serif;fill:#000}}.title{{font-weight:700}}"


def draw_sign(address: str, title: str) -> str:
    """Return the sign as an SVG document, black on white."""
    path, modules = _modules(address)
    head = wrap(title, (_SIDE - 24) / _SIZE, 3)
    foot = wrap(address, (_SIDE - 24) / _SIZE, 8)
    top = 12 + _SIGN_LEADING * len(head)
    height = top + _SIDE + _SIGN_LEADING * len(foot) + 8
    texts = [text_element(line, _SIDE / 2, 20 + _SIGN_LEADING * number, "title") for number, line in enumerate(head)]
    texts += [
        text_element(line, _SIDE / 2, top + _SIDE + _SIGN_LEADING * number, "address")
        for number, line in enumerate(foot)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIDE} {height}" role="img" aria-labelledby="t d">'
        f'<title id="t">{escape(clean(title))}</title><desc id="d">{escape(address)}</desc><style>{_STYLE}</style>'
        f'<rect width="{_SIDE}" height="{height}" fill="#fff"/>{"".join(texts)}'
        f'<path transform="translate(0 {top}) scale({_SIDE / modules:.6f})" fill="#000" d="{path}"/></svg>'
    )


@lru_cache(maxsize=512)
def _modules(address: str) -> tuple[str, int]:
    """Return the dark modules of a QR code as a path, and how many modules it is wide."""
    code = segno.make_qr(address, error=_ERROR)
    rows = list(code.matrix_iter(border=_QUIET))
    path = "".join(f"M{x} {y}h{length}v1h-{length}z" for y, row in enumerate(rows) for x, length in _runs(row))
    return path, len(rows)


def _runs(row: Iterable[int]) -> list[tuple[int, int]]:
    """Return where dark modules begin in a row, and how many stand together."""
    runs: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and runs and sum(runs[-1]) == x:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((x, 1))
    return runs
