"""What a steward typed, turned into an answer of its field's type, or refused with rule and reason."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from . import countries
from .contacts import is_web_address, normalise_contact
from .durations import parse_duration
from .i18n import N_, Message

if TYPE_CHECKING:
    from .model import Field, Standard

Answer = str | tuple[str, ...]

UNKNOWN = "unknown"
MAX_TEXT = 8000
MAX_ENTRIES = 100

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_MARKUP = re.compile(r"<(?:[a-zA-Z/!?])[^>]*(?:>|$)")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):(?=\S)")
UNSAFE_SCHEMES = frozenset({"javascript", "data", "vbscript", "file", "blob"})
_URN = re.compile(r"urn:[a-zA-Z0-9][a-zA-Z0-9-]{0,31}:\S+", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)


class Refused(ValueError):
    """An answer that is not of its field's type: rule id and message."""

    def __init__(self, rule: str, template: str, **values: str) -> None:
        self.rule = rule
        self.message = Message(template, values)
        super().__init__(f"{rule}: {self.message.render()}")


def as_list(answer: Answer | None) -> tuple[str, ...]:
    """Return the entries of an answer, none if there is no answer."""
    if answer is None:
        return ()
    return (answer,) if isinstance(answer, str) else answer


def parse_answer(field: Field, raw: Any, standard: Standard) -> Answer | None:
    """Turn a raw value into an answer, None where nothing was answered; Refused where it is not of the type."""
    if field.type.is_list:
        entries = [_one(field, entry, standard) for entry in raw_entries(raw)]
        return _consistent(field, _ordered(field, {entry: None for entry in entries if entry})) or None
    return _one(field, raw, standard)


def plain_text(raw: Any) -> str:
    """Return a text with plain line ends and no outer blanks; Refused for anything else than safe plain text."""
    if raw is None:
        return ""
    if not isinstance(raw, str):
        raise Refused("OSC-003", N_("Write one text here, not a list, a number or an object."))
    text = raw if raw.isprintable() else raw.replace("\r\n", "\n").replace("\r", "\n")
    text = text.strip()
    if len(text) > MAX_TEXT:
        raise Refused("OSC-004", N_("This text is too long: at most {limit} characters."), limit=str(MAX_TEXT))
    if not text.isprintable() and _CONTROL.search(text):
        raise Refused("OSC-004", N_("This text holds control characters. Type it anew or paste it as plain text."))
    if "<" in text and _MARKUP.search(text):
        raise Refused("OSC-004", N_("Write plain text, without HTML."))
    return text


def without_controls(text: str) -> str:
    """Return a text without the characters that XML and terminals cannot take."""
    return _CONTROL.sub("", text)


def has_controls(text: str) -> bool:
    """Tell whether a text holds characters that no page and no database can carry."""
    return bool(_CONTROL.search(text))


def _one(field: Field, raw: Any, standard: Standard) -> str | None:
    text = plain_text(raw)
    if not text:
        return None
    if field.type.is_coded:
        return _code(text, standard.vocabulary_of(field).codes)
    return _READERS[field.type](text)


def raw_entries(raw: Any) -> list[Any]:
    """Split what was sent or stored for a list field into its entries; Refused where it is no list of usable length."""
    if raw is None or raw == "":
        return []
    entries = _split(raw) if isinstance(raw, str) else raw
    if not isinstance(entries, (list, tuple)):
        raise Refused("OSC-003", N_("Give a list of texts here."))
    if len(entries) > MAX_ENTRIES:
        raise Refused("OSC-004", N_("This list is too long: at most {limit} entries."), limit=str(MAX_ENTRIES))
    return list(entries)


def _split(raw: str) -> Any:
    """Read the stored form (a JSON list), else one entry a line as the form sends it."""
    if raw.lstrip().startswith("["):
        try:
            return json.loads(raw)
        except (ValueError, RecursionError):
            pass
    return raw.splitlines()


def _ordered(field: Field, entries: Mapping[str, None]) -> tuple[str, ...]:
    """Sort what has no order of its own, so that choosing the same in another order is no change."""
    return tuple(sorted(entries)) if field.type.is_set else tuple(entries)


def _consistent(field: Field, entries: tuple[str, ...]) -> tuple[str, ...]:
    if field.type.is_coded and UNKNOWN in entries and len(entries) > 1:
        raise Refused("OSC-070", N_("Choose “we do not know yet” alone, or the answers that you know."))
    return entries


def _code(text: str, codes: Mapping[str, Any]) -> str:
    if text not in codes:
        raise Refused("OSC-002", N_("“{value}” is not one of the answers to choose from."), value=shorten(text))
    return text


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _text_or_url(text: str) -> str:
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() in UNSAFE_SCHEMES:
        raise _bad_link(text)
    if scheme and scheme[1].lower() in ("http", "https"):
        return _url(text)
    return _one_line(text)


def _text_or_uri(text: str) -> str:
    return text if _URN.fullmatch(text) else _text_or_url(text)


def _url(text: str) -> str:
    if not is_web_address(text):
        raise _bad_link(text)
    return text


def _uri(text: str) -> str:
    return text if _URN.fullmatch(text) else _url(text)


def _bad_link(text: str) -> Refused:
    template = N_("“{value}” is not a web address that starts with https:// or http://.")
    return Refused("OSC-005", template, value=shorten(text))


def _contact(text: str) -> str:
    contact = normalise_contact(text)
    if contact is None:
        template = N_("“{value}” is not a mailbox, a web address or a phone number.")
        raise Refused("OSC-005", template, value=shorten(text))
    return contact


def _date(text: str) -> str:
    try:
        if not _DATE.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text).isoformat()
    except ValueError:
        template = N_("“{value}” is not a date that exists. Write year-month-day, for example 2026-05-31.")
        raise Refused("OSC-032", template, value=shorten(text)) from None


def _duration(text: str) -> str:
    try:
        parse_duration(text.upper())
    except ValueError:
        template = N_(
            "“{value}” is not a period longer than zero and at most 1,000 years. "
            "Write P5Y for five years, P6M for six months, P30D for thirty days."
        )
        raise Refused("OSC-032", template, value=shorten(text)) from None
    return text.upper()


def _country(text: str) -> str:
    if text.upper() not in countries.country_codes():
        raise Refused("OSC-003", N_("“{value}” is not a country code (two letters, such as NL)."), value=shorten(text))
    return text.upper()


def _jurisdiction(text: str) -> str:
    return countries.EUROPEAN_UNION if text.upper() == countries.EUROPEAN_UNION else _country(text)


def _uuid(text: str) -> str:
    if not _UUID.fullmatch(text):
        template = N_("“{value}” is not an identifier of 32 hexadecimal digits.")
        raise Refused("OSC-003", template, value=shorten(text))
    return str(uuid.UUID(text))


def shorten(text: str) -> str:
    """Cut a value, and replace its control characters, so that a message can quote it."""
    return printable(text if len(text) <= 60 else text[:59] + "…")


def printable(text: str) -> str:
    """Return a text on one line that every terminal and every file can take."""
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(character: str) -> str:
    return character if character.isprintable() else " " if character.isspace() else "\ufffd"


_READERS: Mapping[str, Callable[[str], str]] = {
    "text": _one_line,
    "long_text": str,
    "texts": _one_line,
    "systems": _one_line,
    "text_or_url": _text_or_url,
    "texts_or_uris": _text_or_uri,
    "uri": _uri,
    "url": _url,
    "urls": _url,
    "contact": _contact,
    "date": _date,
    "duration": _duration,
    "country": _country,
    "countries": _country,
    "jurisdictions": _jurisdiction,
    "uuid": _uuid,
}
