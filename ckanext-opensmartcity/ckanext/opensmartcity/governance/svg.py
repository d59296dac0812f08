"""SVG images: the data flow of a record, and a printable sign with a QR code, a title and the URL.

Text in SVG does not wrap, so that lines are broken by an estimate of the width of letters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import groupby
from unicodedata import category, east_asian_width

import segno

# Unicode categories of control, format and unassigned characters: bidi controls would affect the following lines.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_JOINERS = "\u200c\u200d"
_BREAKS = re.compile(r"(?<=[\s/\-.,;:?&=@])")
# Widths of letters in units of the font size.
_WIDE, _REGULAR, _CAPITAL = 1.0, 0.56, 0.72


def clean(text: str) -> str:
    """Return a text on one line without invisible characters, such as bidi controls; joiners are kept."""
    letters = " ".join(text.split())
    return "".join(letter for letter in letters if letter in _JOINERS or category(letter) not in _INVISIBLE)


def width(text: str) -> float:
    """Estimate the width of a text in units of the font size."""
    return sum(
        _WIDE
        if east_asian_width(letter) in "WF"
        else (_CAPITAL if letter.isupper() or letter in "mwMW@%—" else _REGULAR)
        for letter in text
    )


def wrap(text: str, available: float, max_lines: int) -> list[str]:
    """Break a text into lines of at most the available width; a text with more than `max_lines` ends in an ellipsis."""
    lines: list[str] = []
    for piece in split_pieces(clean(text), available):
        if lines and width(lines[-1] + piece.rstrip()) <= available:
            lines[-1] += piece
        else:
            lines.append(piece)
    kept = [line.strip() for line in lines[:max_lines]]
    if len(lines) > max_lines:
        last = kept[-1]
        while last and width(last + "…") > available:
            last = last[:-1]
        kept[-1] = last.rstrip() + "…"
    return kept


def split_pieces(text: str, available: float) -> list[str]:
    """Split a text at possible line breaks, and within a word only if the word is wider than a line."""
    pieces: list[str] = []
    for word in filter(None, _BREAKS.split(text)):
        current = ""
        for letter in word:
            if current and width(current + letter) > available:
                pieces.append(current)
                current = ""
            current += letter
        pieces.append(current)
    return pieces


def text_element(line: str, x: float, y: float, css: str) -> str:
    """Return a `<text>` element with a CSS class, centred so that it suits both writing directions."""
    return f'<text class="{css}" x="{x:g}" y="{y:g}" text-anchor="middle">{escape(line)}</text>'


# One unit is one pixel on a narrow phone, where the image is as wide as the text.
WIDTH = 300
LABEL_SIZE, TEXT_SIZE = 14, 16
_PADDING, _FLOW_LEADING, _GAP, _MAX_LINES = 12, 20, 30, 3
_AVAILABLE = (WIDTH - 2 * _PADDING) / TEXT_SIZE


@dataclass(frozen=True)
class Station:
    """Box of the data flow: a label and one or more lines; `open` if the city has not answered."""

    label: str
    lines: tuple[str, ...]
    open: bool = False


def draw_flow(stations: Sequence[Station], title: str, description: str, id: str = "osc-flow") -> str:
    """Return stations below each other, with arrows between them, as an SVG element with accessible texts."""
    elements, top, middle = [], 1.0, WIDTH / 2
    for index, station in enumerate(stations):
        if index:
            tip = top + _GAP - 3
            shaft = f"M{middle:g} {top + 3:g}V{tip:g}"
            head = f"M{middle - 6:g} {tip - 7:g}L{middle:g} {tip:g}L{middle + 6:g} {tip - 7:g}"
            elements.append(f'<path class="osc-arrow" d="{shaft}{head}"/>')
            top += _GAP
        element, height = draw_station(station, top)
        elements.append(element)
        top += height
    return (
        f'<svg class="osc-flow" role="img" aria-labelledby="{id}-title {id}-desc" viewBox="0 0 {WIDTH} {top + 1:g}" '
        f'xmlns="http://www.w3.org/2000/svg"><title id="{id}-title">{escape(title)}</title>'
        f'<desc id="{id}-desc">{escape(description)}</desc>{"".join(elements)}</svg>'
    )


def draw_station(station: Station, top: float) -> tuple[str, float]:
    """Return the box of a station as an SVG group, and its height."""
    label = wrap(station.label, _AVAILABLE * TEXT_SIZE / LABEL_SIZE, 2)
    lines = [line for text in station.lines for line in wrap(text, _AVAILABLE, _MAX_LINES)]
    height = 2 * _PADDING + _FLOW_LEADING * (len(label) + len(lines)) - 4
    css = "osc-station osc-open" if station.open else "osc-station"
    rows = [("osc-station-label", line) for line in label] + [("osc-station-text", line) for line in lines]
    texts = (
        text_element(line, WIDTH / 2, top + _PADDING + 12 + _FLOW_LEADING * number, row_css)
        for number, (row_css, line) in enumerate(rows)
    )
    box = f'<rect x="1" y="{top:g}" width="{WIDTH - 2}" height="{height:g}" rx="6"/>'
    return f'<g class="{css}">{box}{"".join(texts)}</g>', height


# Level Q corrects 25 % of the code words, for signs that get dirty. ISO/IEC 18004: quiet zone of 4 modules.
_ERROR_CORRECTION, _QUIET_ZONE = "q", 4
_SIDE, _SIZE, _SIGN_LEADING = 320, 14, 20
_STYLE = f"text{{font:{_SIZE}px sans-serif;fill:#000}}.title{{font-weight:700}}"


def draw_sign(address: str, title: str) -> str:
    """Return a sign with the QR code of an address as an SVG document, black on white."""
    path, modules = draw_qr_code(address)
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
def draw_qr_code(address: str) -> tuple[str, int]:
    """Return the dark modules of a QR code as path data, and the width of the code in modules."""
    code = segno.make_qr(address, error=_ERROR_CORRECTION)
    rows = list(code.matrix_iter(border=_QUIET_ZONE))
    path: list[str] = []
    for y, row in enumerate(rows):
        x = 0
        for dark, run in groupby(row, bool):
            length = len(list(run))
            if dark:
                path.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    return "".join(path), len(rows)
