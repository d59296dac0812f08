"""The way of the data as a picture: stations below each other, an arrow between two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from .text import text_element, wrap

# One unit is one pixel on a narrow phone, where the picture is as wide as the text.
WIDTH = 300
LABEL_SIZE, TEXT_SIZE = 14, 16
_PADDING, _LEADING, _GAP, _LINES = 12, 20, 30, 3
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
    height = 2 * _PADDING + _LEADING * (len(label) + len(lines)) - 4
    css = "osc-station osc-open" if station.open else "osc-station"
    written = [("osc-station-label", line) for line in label] + [("osc-station-text", line) for line in lines]
    texts = (
        text_element(line, WIDTH / 2, top + _PADDING + 12 + _LEADING * number, css)
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
