"""What callers of actions may give, and how they hear of what they may not."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable
from typing import Any

import ckan.plugins.toolkit as tk
from babel import Locale, UnknownLocaleError
from ckan.types import Validator

from ..standard import shipped_languages
from ..standard.answers import shorten
from ..standard.yaml_source import closest
from .model.tables import MAX_BIGINT

# As many names as an error can tell.
_FEW = 8


def query(value: Any) -> str:
    """Accept one text, which the database and the search can hold too."""
    if not isinstance(value, str):
        raise tk.Invalid(tk._("Give one text here, not a list and not an object."))
    if "\0" in value or not _can_be_written(value):
        raise tk.Invalid(tk._("This text holds a character that no text can have."))
    return value


def require(data_dict: dict[str, Any], accept: Callable[[Any], str], *names: str) -> None:
    """Refuse a parameter that is given and not acceptable, before anything is asked with it."""
    for name in names:
        if data_dict.get(name):
            try:
                accept(data_dict[name])
            except tk.Invalid as wrong:
                raise tk.ValidationError({name: [wrong.error]}) from wrong


def _can_be_written(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


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


def language(value: Any) -> str:
    """Accept the code of a language: also of one that we lack, because a portal can be in any of CKAN's."""
    code = query(value).strip()
    try:
        Locale.parse(code.partition("@")[0].replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        _known(code, list(shipped_languages()))
    return code


def choices(known: Callable[[], Iterable[str]]) -> Validator:
    """Return what accepts one of some names, or several with commas, each once."""

    def read(value: Any) -> list[str]:
        names = [name.strip() for name in query(value).split(",")]
        for name in names:
            _known(name, list(known()))
        return list(dict.fromkeys(names))

    return read


def choice(known: Callable[[], Iterable[str]]) -> Validator:
    """Return what accepts one of some names."""

    def read(value: Any) -> str:
        return _known(query(value).strip(), list(known()))

    return read


def _known(name: str, known: list[str]) -> str:
    if name in known:
        return name
    few = ", ".join(known) if len(known) <= _FEW else ""
    text = tk._("There is no “{value}” here. Choose of: {known}") if few else tk._("There is no “{value}” here.")
    raise tk.Invalid(text.format(value=shorten(name), known=few) + ("" if few else nearest_hint(name, known)))


def nearest_hint(name: str, known: Iterable[str]) -> str:
    found = closest(name, known)
    return " " + tk._("Did you mean “{name}”?").format(name=found) if found else ""


def refuse_unknown(given: Iterable[str], known: Collection[str]) -> None:
    """Refuse parameters that are none: a mistyped filter must not give everything."""
    wrong = {
        name: [tk._("There is no parameter of this name.") + nearest_hint(name, known)]
        for name in given
        if name not in known
    }
    if wrong:
        raise tk.ValidationError(wrong)


_DIGITS = len(str(MAX_BIGINT))


def event_id(value: Any) -> str:
    try:
        return str(uuid.UUID(value))
    except (ValueError, AttributeError, TypeError) as error:
        raise tk.Invalid(tk._("This is not the id of an event.")) from error


def number(most: int) -> Validator:
    def read(value: Any) -> int:
        number = _whole_number(value)
        if number is None or not 1 <= number <= most:
            raise tk.Invalid(tk._("Give a number from 1 to {most}.").format(most=most))
        return number

    return read


def _whole_number(value: Any) -> int | None:
    """Return a whole number that the database can hold, None for anything else."""
    if isinstance(value, int):
        return value if not isinstance(value, bool) and abs(value) <= MAX_BIGINT else None
    text = value.strip() if isinstance(value, str) else ""
    return int(text) if len(text) <= _DIGITS and text.isascii() and text.isdigit() else None
