"""Moderation of contributions: fixed reasons for hiding them, and validators of untrusted text.

Text is plain text, never markup: within length limits and without invisible characters. Reasons come from a list, so
that the city can publish how often it used each of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk

from ..standard.i18n import N_

REASONS: Mapping[str, str] = {
    "spam": N_("Advertising or noise"),
    "insult": N_("Insulting or against the law"),
    "personal_data": N_("It tells of persons who can be recognised"),
    "off_topic": N_("Not about this record"),
    "repeated": N_("Asked or told before"),
}
KINDS: Mapping[str, str] = {"use": N_("Use"), "harm": N_("Harm")}
STATES: Mapping[str, str] = {
    "waiting": N_("Not shown yet"),
    "open": N_("Not answered yet"),
    "answered": N_("Answered"),
    "hidden": N_("Hidden"),
}

QUESTION, ANSWER, TITLE, STORY, LINK, EMAIL = 2_000, 10_000, 150, 4_000, 500, 254
_LEAST = 5
# Control, surrogate, private and unassigned: nothing that a reader could see.
_UNSEEN = {"Cc", "Cs", "Co", "Cn"}
_OVERRIDES = "\u202d\u202e"


def written(most: int, lines: bool = True) -> Callable[[Any], str]:
    """Return what accepts a text of at most so many characters; line breaks only where lines are wanted."""

    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise tk.Invalid(tk._("Give one text here, not a list and not an object."))
        if len(value) > 4 * most:
            raise _too_long(most)
        text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
        _check_seen(text, "\n\t" if lines else "")
        if len(text) < _LEAST:
            raise tk.Invalid(tk._("Please write at least {n} characters.").format(n=_LEAST))
        if len(text) > most:
            raise _too_long(most)
        return text

    return read


def _too_long(most: int) -> Exception:
    invalid: Exception = tk.Invalid(tk._("This is too long. Please use at most {n} characters.").format(n=most))
    return invalid


def _check_seen(text: str, allowed: str) -> None:
    for letter in text:
        if letter in _OVERRIDES or (unicodedata.category(letter) in _UNSEEN and letter not in allowed):
            message = tk._("There is a character in it that nobody can see (U+{code}). Please remove it.")
            raise tk.Invalid(message.format(code=f"{ord(letter):04X}"))


def asked(value: str) -> str:
    """Accept words to search for."""
    if len(value) > TITLE:
        raise _too_long(TITLE)
    _check_seen(value, "")
    return value


def link(value: Any) -> str:
    """Accept a web address without a name and password in it."""
    text = str(value).strip() if isinstance(value, str) else ""
    if len(text) > LINK:
        raise _too_long(LINK)
    _check_seen(text, "")
    try:
        parts = urlsplit(text)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        fits = False
    if not fits or any(letter.isspace() for letter in text):
        raise tk.Invalid(tk._("Give a web address that begins with https:// or http://."))
    return parts.scheme + text[len(parts.scheme) :]


def email(value: Any) -> str:
    """Accept one e-mail address."""
    text = value.strip() if isinstance(value, str) else ""
    if len(text) > EMAIL or "\n" in text or "@" not in text:
        raise _no_email()
    try:
        tk.get_validator("email_validator")(text, {})
    except tk.Invalid as error:  # what CKAN says repeats the address, which would stand in logs
        raise _no_email() from error
    return text


def _no_email() -> Exception:
    invalid: Exception = tk.Invalid(tk._("This is not an e-mail address such as name@example.org."))
    return invalid
