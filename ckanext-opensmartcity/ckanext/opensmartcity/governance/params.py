"""Validators for the parameters of actions, with messages that help a caller to correct a mistake."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Any

import ckan.plugins.toolkit as tk
from babel import Locale, UnknownLocaleError
from ckan.types import Validator

from ..feature import nearest_hint
from ..standard import shipped_languages
from ..standard.answers import shorten
from .model import MAX_BIGINT

# An error message lists the allowed values up to this number; otherwise it suggests the most similar one.
_MAX_LISTED = 8
# Longest query: Lucene's parser is recursive, and thousands of nested groups overflow the stack of Solr.
MAX_QUERY = 4_000
MAX_GROUPS = 50


def search_query(value: Any) -> str:
    """Accept a query for Solr of a length and nesting that its parser can handle."""
    text = query(value)
    if len(text) > MAX_QUERY:
        raise tk.Invalid(tk._("This is too long. Please use at most {n} characters.").format(n=MAX_QUERY))
    if text.count("(") > MAX_GROUPS:
        raise tk.Invalid(tk._("This query has too many groups in brackets: at most {n}.").format(n=MAX_GROUPS))
    return text


def query(value: Any) -> str:
    """Accept a string that PostgreSQL and Solr can store: no NUL character and no lone surrogate."""
    if not isinstance(value, str):
        raise tk.Invalid(tk._("Give one text here, not a list and not an object."))
    try:
        if b"\0" not in value.encode():
            return value
    except UnicodeEncodeError:
        pass
    raise tk.Invalid(tk._("This text contains a character that is not allowed."))


def require(data_dict: dict[str, Any], accept: Callable[[Any], str], *names: str) -> None:
    """Validate the named parameters if they are given, for actions without a schema; ValidationError if invalid."""
    for name in names:
        if data_dict.get(name):
            try:
                accept(data_dict[name])
            except tk.Invalid as invalid:
                raise tk.ValidationError({name: [invalid.error]}) from invalid


def true_or_false(value: Any) -> bool:
    """Accept a boolean, and reject everything else: a typing error must not grant or withdraw access."""
    meanings = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if str(value).lower() not in meanings:
        raise tk.Invalid(tk._("Give true or false here."))
    return meanings[str(value).lower()]


def one_of(*known: str) -> Callable[[Any], str]:
    """Return a validator that accepts one of some words."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in known:
            raise tk.Invalid(tk._("Choose one of: {words}.").format(words=", ".join(known)))
        return value

    return read


def language(value: Any) -> str:
    """Accept a language code, also of a language that is not shipped, because CKAN has more languages."""
    code = query(value).strip()
    try:
        Locale.parse(code.partition("@")[0].replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        _require_known(code, list(shipped_languages()))
    return code


def choices(known: Callable[[], Iterable[str]]) -> Validator:
    """Return a validator that accepts one or more names, separated by commas, and returns them without duplicates."""

    def read(value: Any) -> list[str]:
        names, allowed = dict.fromkeys(name.strip() for name in query(value).split(",")), list(known())
        return [_require_known(name, allowed) for name in names]

    return read


def choice(known: Callable[[], Iterable[str]]) -> Validator:
    """Return a validator that accepts one of some names."""

    def read(value: Any) -> str:
        return _require_known(query(value).strip(), list(known()))

    return read


def _require_known(name: str, known: list[str]) -> str:
    if name in known:
        return name
    if 0 < len(known) <= _MAX_LISTED:
        text = tk._("There is no “{value}” here. Choose one of: {known}")
        raise tk.Invalid(text.format(value=shorten(name), known=", ".join(known)))
    raise tk.Invalid(tk._("There is no “{value}” here.").format(value=shorten(name)) + nearest_hint(name, known))


_MAX_DIGITS = len(str(MAX_BIGINT))


def event_id(value: Any) -> str:
    """Accept a UUID and return it in its canonical form."""
    try:
        return str(uuid.UUID(value))
    except (ValueError, AttributeError, TypeError) as error:
        raise tk.Invalid(tk._("This is not the id of an event.")) from error


def number(most: int) -> Validator:
    """Return a validator that accepts an integer from 1 to `most`, also as decimal digits."""

    def read(value: Any) -> int:
        text = value.strip() if isinstance(value, str) else ""
        number = 0
        if isinstance(value, int) and not isinstance(value, bool):
            number = value
        elif len(text) <= _MAX_DIGITS and text.isascii() and text.isdigit():
            number = int(text)
        if not 1 <= number <= min(most, MAX_BIGINT):
            raise tk.Invalid(tk._("Give a number from 1 to {most}.").format(most=most))
        return number

    return read
