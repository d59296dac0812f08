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

from ..governance import params
from ..standard.i18n import N_
from ..standard.visible_text import count_visible

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
_MIN_LENGTH = 5
# Unicode categories of invisible characters: control, surrogate, private use and unassigned.
_INVISIBLE = {"Cc", "Cs", "Co", "Cn"}
# Bidirectional overrides, which can make text read differently from its code points.
_OVERRIDES = "\u202d\u202e"


def text_validator(limit: int, multiline: bool = True) -> Callable[[Any], str]:
    """Return a validator of plain text up to `limit` characters; line breaks only if `multiline`."""

    def validate(value: Any) -> str:
        if not isinstance(value, str):
            raise tk.Invalid(tk._("Give one text here, not a list and not an object."))
        if len(value) > 4 * limit:
            raise _too_long(limit)
        text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
        _reject_invisible(text, "\n\t" if multiline else "")
        if count_visible(text) < _MIN_LENGTH:
            raise tk.Invalid(tk._("Please write at least {n} characters.").format(n=_MIN_LENGTH))
        if len(text) > limit:
            raise _too_long(limit)
        return text

    return validate


def _too_long(limit: int) -> Exception:
    invalid: Exception = tk.Invalid(tk._("This is too long. Please use at most {n} characters.").format(n=limit))
    return invalid


def _reject_invisible(text: str, allowed: str) -> None:
    for letter in text:
        if letter in _OVERRIDES or (unicodedata.category(letter) in _INVISIBLE and letter not in allowed):
            message = tk._("There is a character in it that nobody can see (U+{code}). Please remove it.")
            raise tk.Invalid(message.format(code=f"{ord(letter):04X}"))


def search_terms(value: Any) -> str:
    """Validate search terms."""
    text = params.query(value)
    if len(text) > TITLE:
        raise _too_long(TITLE)
    _reject_invisible(text, "")
    return text


def receipt_code(value: Any) -> str:
    """Validate the length of a receipt code; separators and case do not matter."""
    if not isinstance(value, str) or not 0 < sum(letter.isalnum() for letter in value) <= len(value) <= TITLE:
        raise tk.Invalid(tk._("This is not a receipt code such as abcd-efgh-jkmn-pqrs."))
    return value


def link(value: Any) -> str:
    """Validate an http(s) URL without credentials."""
    text = str(value).strip() if isinstance(value, str) else ""
    if len(text) > LINK:
        raise _too_long(LINK)
    _reject_invisible(text, "")
    try:
        parts = urlsplit(text)
        is_valid = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        is_valid = False
    if not is_valid or any(letter.isspace() for letter in text):
        raise tk.Invalid(tk._("Give a web address that begins with https:// or http://."))
    return parts.scheme + text[len(parts.scheme) :]


def email(value: Any) -> str:
    """Validate one e-mail address."""
    text = value.strip() if isinstance(value, str) else ""
    if len(text) > EMAIL or "\n" in text or "@" not in text:
        raise _invalid_email()
    try:
        tk.get_validator("email_validator")(text, {})
    except tk.Invalid as error:  # CKAN's message contains the address, which would be logged
        raise _invalid_email() from error
    return text


def _invalid_email() -> Exception:
    invalid: Exception = tk.Invalid(tk._("This is not an e-mail address such as name@example.org."))
    return invalid
