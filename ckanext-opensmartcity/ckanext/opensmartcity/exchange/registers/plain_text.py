"""Sanitize texts of other registers: strip markup and control characters, limit their length, make slugs."""

from __future__ import annotations

import html
import re
import unicodedata

from ...standard.answers import MAX_TEXT

_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31});")
_BREAK = re.compile(r"<(?:br|/?(?:p|div|ul|ol|tr|h[1-6]))\b[^<>]*>", re.IGNORECASE)
_ITEM = re.compile(r"<li\b[^<>]*>", re.IGNORECASE)
_OPENING = re.compile(r"<(?=[a-zA-Z/!?])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def strip_markup(text: str) -> str:
    """Return the text without HTML: block tags become line breaks, other tags disappear, entities are decoded."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _TAG.search(text) or _ENTITY.search(text):
        text = html.unescape(_TAG.sub("", _ITEM.sub("\n- ", _BREAK.sub("\n", text))))
        text = re.sub(r"\n{3,}", "\n\n", "\n".join(map(one_line, text.splitlines())))
    # Text such as "a <b" looks like the start of a tag; the standard rejects it without the space.
    return _OPENING.sub("< ", _CONTROL.sub("", text)).strip()


def one_line(text: str) -> str:
    """Return a text on one line, with single spaces."""
    return " ".join(text.split())


def truncate(text: str, limit: int = MAX_TEXT) -> str:
    """Return a text of at most `limit` characters, with … at the end if it was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def slugify(text: str) -> str:
    """Return a valid CKAN record name, or an empty string if no two characters of the text can be used."""
    ascii_text = unicodedata.normalize("NFKD", text[:1000]).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9_]+", "-", ascii_text).strip("-_")[:100].strip("-_")
    return name if len(name) >= 2 else ""
