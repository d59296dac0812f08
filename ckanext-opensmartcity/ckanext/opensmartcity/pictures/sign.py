"""A sign for the street: a QR code, what it is about, and the address for those who type."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from html import escape

import segno

from .text import clean, text_element, wrap

# Signs get dirty: a quarter of the code may be lost. Four modules around it must be empty (ISO/IEC 18004).
_ERROR, _QUIET = "q", 4
_SIDE, _SIZE, _LEADING = 320, 14, 20
_STYLE = f"text{{font:{_SIZE}px sans-serif;fill:#000}}.title{{font-weight:700}}"


def draw_sign(address: str, title: str) -> str:
    """Return the sign as an SVG document, black on white."""
    path, modules = _modules(address)
    head = wrap(title, (_SIDE - 24) / _SIZE, 3)
    foot = wrap(address, (_SIDE - 24) / _SIZE, 8)
    top = 12 + _LEADING * len(head)
    height = top + _SIDE + _LEADING * len(foot) + 8
    texts = [text_element(line, _SIDE / 2, 20 + _LEADING * number, "title") for number, line in enumerate(head)]
    texts += [
        text_element(line, _SIDE / 2, top + _SIDE + _LEADING * number, "address") for number, line in enumerate(foot)
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
