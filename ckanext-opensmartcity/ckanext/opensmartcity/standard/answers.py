"""Parser of answers: from raw form or JSON values to the answer type of a field, with the role of a rule per error."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from . import countries
from .contacts import is_web_address, normalize_contact
from .durations import parse_duration
from .i18n import N_, Message
from .local_dates import possible_days
from .model import Answer, Field, Standard
from .roles import RuleRole
from .visible_text import is_visible, normalize

UNKNOWN = "unknown"
MAX_TEXT = 8000
MAX_ENTRIES = 100

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
CONTROL_CHARACTERS = N_("This text contains control characters. Type it again or paste it as plain text.")
_MARKUP = re.compile(r"<(?:[a-zA-Z/!?])[^>]*(?:>|$)")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):(?=\S)")
UNSAFE_SCHEMES = frozenset({"javascript", "data", "vbscript", "file", "blob"})
_URN = re.compile(r"urn:[a-zA-Z0-9][a-zA-Z0-9-]{0,31}:\S+", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)


class InvalidAnswer(ValueError):
    """An answer that is not valid for its field, with the role of the violated rule and a translatable message."""

    def __init__(self, role: RuleRole, template: str, **values: str) -> None:
        self.role = role
        self.message = Message(template, values)
        super().__init__(f"{role.value}: {self.message.render()}")


def parse_answer(field: Field, raw: Any, standard: Standard) -> Answer | None:
    """Parse a raw value. Return None if it is blank; raise InvalidAnswer if it is not valid for the field."""
    if not field.type.is_list:
        return _parse_entry(field, raw, standard)
    parsed = [_parse_entry(field, entry, standard) for entry in raw_entries(raw)]
    entries = tuple(dict.fromkeys(entry for entry in parsed if entry))
    if field.type.is_coded and UNKNOWN in entries and len(entries) > 1:
        raise InvalidAnswer(
            RuleRole.ANSWERED_AND_DECLARED, N_("Choose “we do not know yet” alone, or the answers that you know.")
        )
    # Sets are stored sorted, so that the same choice in another order is not a change.
    return (tuple(sorted(entries)) if field.type.is_set else entries) or None


def plain_text(raw: Any) -> str:
    """Return a text in its normal form with plain line ends, "" if it is None or blank.

    Raise InvalidAnswer if it is not plain text, or shows nothing although it is not blank.
    """
    if raw is None:
        return ""
    if not isinstance(raw, str):
        raise InvalidAnswer(RuleRole.WRONG_KIND, N_("Write one text here, not a list, a number or an object."))
    text = raw if raw.isprintable() else raw.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isprintable() and _CONTROL.search(text.strip()):
        raise InvalidAnswer(RuleRole.NOT_PLAIN, CONTROL_CHARACTERS)
    text = normalize(text)
    if not is_visible(text) and raw.strip():
        template = N_("This answer has no visible character. Write it again, or clear it.")
        raise InvalidAnswer(RuleRole.INVISIBLE, template)
    if len(text) > MAX_TEXT:
        raise InvalidAnswer(
            RuleRole.NOT_PLAIN, N_("This text is too long: at most {limit} characters."), limit=str(MAX_TEXT)
        )
    if "<" in text and _MARKUP.search(text):
        raise InvalidAnswer(RuleRole.NOT_PLAIN, N_("Write plain text, without HTML."))
    return text


def without_controls(text: str) -> str:
    """Return a text without control characters, surrogates and noncharacters, which XML and terminals reject."""
    return _CONTROL.sub("", text)


def has_controls(text: str) -> bool:
    """Return whether a text contains control characters, surrogates or noncharacters."""
    return bool(_CONTROL.search(text))


def _parse_entry(field: Field, raw: Any, standard: Standard) -> str | None:
    text = plain_text(raw)
    if not text:
        return None
    if not field.type.is_coded:
        return _PARSERS[field.type](text)
    if text not in standard.vocabulary_of(field).codes:
        raise InvalidAnswer(
            RuleRole.NOT_IN_LIST, N_("“{value}” is not one of the answers to choose from."), value=shorten(text)
        )
    return text


def raw_entries(raw: Any) -> list[Any]:
    """Split the raw value of a list field into its entries. Raise InvalidAnswer unless it is a list of valid length.

    A text is parsed as a JSON list, which is its stored form, else as one entry per line, which the form submits.
    """
    if raw is None or raw == "":
        return []
    entries = raw
    if isinstance(raw, str):
        entries = raw.splitlines()
        if raw.lstrip().startswith("["):
            with suppress(ValueError, RecursionError):
                entries = json.loads(raw)
    if not isinstance(entries, (list, tuple)):
        raise InvalidAnswer(RuleRole.WRONG_KIND, N_("Give a list of texts here."))
    if len(entries) > MAX_ENTRIES:
        raise InvalidAnswer(
            RuleRole.NOT_PLAIN, N_("This list is too long: at most {limit} entries."), limit=str(MAX_ENTRIES)
        )
    return list(entries)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _text_or_url(text: str) -> str:
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() in UNSAFE_SCHEMES:
        raise _bad_link(text)
    if scheme and scheme[1].lower() in ("http", "https"):
        return _url(text)
    return _one_line(text)


def _url(text: str) -> str:
    if not is_web_address(text):
        raise _bad_link(text)
    return text


def _bad_link(text: str) -> InvalidAnswer:
    template = N_("“{value}” is not a web address that starts with https:// or http://.")
    return InvalidAnswer(RuleRole.BAD_LINK, template, value=shorten(text))


def _contact(text: str) -> str:
    contact = normalize_contact(text)
    if contact is None:
        template = N_("“{value}” is not a mailbox, a web address or a phone number.")
        raise InvalidAnswer(RuleRole.BAD_LINK, template, value=shorten(text))
    return contact


def _date(text: str) -> str:
    try:
        if not _DATE.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text).isoformat()
    except ValueError:
        days = [day.isoformat() for day in possible_days(text)]
        if len(days) == 1:
            raise InvalidAnswer(RuleRole.IMPOSSIBLE_DATE, N_("Write this date as {date}."), date=days[0]) from None
        if days:
            template = N_("This date can be {first} or {second}. Write the one that you mean.")
            raise InvalidAnswer(RuleRole.IMPOSSIBLE_DATE, template, first=days[0], second=days[1]) from None
        template = N_("“{value}” is not a date that exists. Write year-month-day, for example 2026-05-31.")
        raise InvalidAnswer(RuleRole.IMPOSSIBLE_DATE, template, value=shorten(text)) from None


def _duration(text: str) -> str:
    try:
        parse_duration(text.upper())
    except ValueError:
        template = N_(
            "“{value}” is not a period longer than zero and at most 1,000 years. "
            "Write P5Y for five years, P6M for six months, P30D for thirty days."
        )
        raise InvalidAnswer(RuleRole.IMPOSSIBLE_DATE, template, value=shorten(text)) from None
    return text.upper()


def _country(text: str) -> str:
    if text.upper() not in countries.country_codes():
        raise InvalidAnswer(
            RuleRole.WRONG_KIND, N_("“{value}” is not a country code (two letters, such as NL)."), value=shorten(text)
        )
    return text.upper()


def _uuid(text: str) -> str:
    if not _UUID.fullmatch(text):
        template = N_("“{value}” is not an identifier of 32 hexadecimal digits.")
        raise InvalidAnswer(RuleRole.WRONG_KIND, template, value=shorten(text))
    return str(uuid.UUID(text))


def shorten(text: str) -> str:
    """Return a value cut to 60 characters and printable, to be quoted in a message."""
    return printable(text if len(text) <= 60 else text[:59] + "…")


def printable(text: str) -> str:
    """Return a text with white space as blanks and other unprintable characters as U+FFFD."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else " " if character.isspace() else "\ufffd" for character in text
    )


_PARSERS: Mapping[str, Callable[[str], str]] = {
    "text": _one_line,
    "long_text": str,
    "texts": _one_line,
    "systems": _one_line,
    "text_or_url": _text_or_url,
    "texts_or_uris": lambda text: text if _URN.fullmatch(text) else _text_or_url(text),
    "uri": lambda text: text if _URN.fullmatch(text) else _url(text),
    "url": _url,
    "urls": _url,
    "contact": _contact,
    "date": _date,
    "duration": _duration,
    "country": _country,
    "countries": _country,
    "jurisdictions": lambda text: text.upper() if text.upper() == countries.EUROPEAN_UNION else _country(text),
    "uuid": _uuid,
}
