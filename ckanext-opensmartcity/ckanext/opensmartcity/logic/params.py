"""What callers of actions may give, and how they hear of what they may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk

from .. import config
from ..standard.answers import shorten
from ..standard.nearest import nearest
from . import stats


def query(value: Any) -> str:
    """Accept one text."""
    if not isinstance(value, str):
        raise tk.Invalid(tk._("Give one text here, not a list and not an object."))
    return value


def true_or_false(value: Any) -> bool:
    """Accept what means yes or no, and nothing else: a typing error must not open or close a door."""
    meanings = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if str(value).lower() not in meanings:
        raise tk.Invalid(tk._("Give true or false here."))
    return meanings[str(value).lower()]


def one_of(*known: str) -> Callable[[Any], str]:
    """Return what accepts one of some words."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in known:
            raise tk.Invalid(tk._("Choose one of: {words}.").format(words=", ".join(known)))
        return value

    return read


def dimensions(value: Any) -> list[str]:
    """Accept the names of what can be counted by: a list, or one text with commas."""
    given = value.split(",") if isinstance(value, str) else value
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        raise tk.Invalid(tk._("Give a name, or a list of names."))
    names = list(dict.fromkeys(name.strip() for name in given))
    known = stats.dimensions(config.standard())
    for name in names:
        if name not in known:
            text = tk._(
                "Nothing can be counted by “{value}”. Choose organization, group, type or a question with codes."
            )
            raise tk.Invalid(text.format(value=shorten(name)) + nearest(name, known))
    return names
