"""The valid name that a mistyped one is most like."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str:
    """Return `: did you mean 'x'?` for the most similar known name, or nothing where none is similar."""
    found = closest(name, known)
    return f": did you mean '{found}'?" if found else ""


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the most similar known name, if any is similar."""
    return next(iter(get_close_matches(name, list(known), n=1)), None)
