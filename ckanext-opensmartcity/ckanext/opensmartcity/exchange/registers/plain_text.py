"""Texts of other registers as our plain text: without markup and control characters, and never too long."""

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


def plain(text: str) -> str:
    """Return what a reader of the text would see: tags become line breaks or nothing."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _TAG.search(text) or _ENTITY.search(text):
        text = _laid_out(html.unescape(_TAG.sub("", _ITEM.sub("\n- ", _BREAK.sub("\n", text)))))
    # What still looks like the start of a tag is text, such as "a <b": our standard refuses it without the blank.
    return _OPENING.sub("< ", _CONTROL.sub("", text)).strip()


def _laid_out(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def one_line(text: str) -> str:
    """Return a text on one line."""
    return " ".join(text.split())


def cut(text: str, limit: int = MAX_TEXT) -> str:
    """Return a text that fits, with … where something was cut off."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def slug(text: str) -> str:
    """Return a text as CKAN wants the name of a record; empty where nothing of it can be used."""
    ascii_text = unicodedata.normalize("NFKD", text[:1000]).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9_]+", "-", ascii_text).strip("-_")[:100].strip("-_")
    return name if len(name) >= 2 else ""
