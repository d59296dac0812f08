"""Conversions of values between another register and our fields, one pair for each `as:` of a mapping.

Texts of other registers are sanitized: no markup, no control characters, limited length.
"""

from __future__ import annotations

import calendar
import html
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ...standard.answers import MAX_ENTRIES, MAX_TEXT, shorten
from ...standard.contacts import is_mailbox, is_web_address, looks_personal, normalize_contact
from ...standard.i18n import N_, Message
from ...standard.local_dates import parse_local_date
from ..tags import parse_tags as tags_of
from .mapping import Line

# Elements of HTML; anything else between angle brackets is text, such as an address or a comparison.
_ELEMENTS = (
    "a|abbr|address|article|aside|b|big|blockquote|body|br|button|caption|center|cite|code|col|colgroup|dd|del|details|dfn|"
    "div|dl|dt|em|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|li|link|"
    "main|mark|meta|nav|ol|p|pre|q|s|samp|script|section|small|span|strike|strong|style|sub|summary|sup|table|tbody|td|"
    "tfoot|th|thead|time|title|tr|tt|u|ul|var|video|wbr"
)
_ATTRIBUTE = r"""\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+)"""
_MARKUP_TAG = re.compile(
    rf"<(?:/?(?:{_ELEMENTS})(?:{_ATTRIBUTE})*\s*/?|!--(?:(?!<!--).)*?--|!doctype[^<>]*)>", re.IGNORECASE | re.DOTALL
)
_LINK = re.compile(
    r"""<a\s[^<>]*?href\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))[^<>]*>(?:((?:(?!<a\s).)*?)</a\s*>)?""",
    re.IGNORECASE | re.DOTALL,
)
_IMAGE = re.compile(r"""<img\s[^<>]*?(?:alt|title)\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')[^<>]*>""", re.IGNORECASE)
_AUTOLINK = re.compile(
    r"<((?:https?://|mailto:|tel:)[^\s<>]+|[^\s<>@]{1,64}@[^\s<>@.]+(?:\.[^\s<>@.]+)+)>", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31});")
_BREAK = re.compile(r"<(?:br|/?(?:p|div|ul|ol|tr|h[1-6]))\b[^<>]*>", re.IGNORECASE)
_ITEM = re.compile(r"<li\b[^<>]*>", re.IGNORECASE)
_OPENING = re.compile(r"<(?=[a-zA-Z/!?])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def strip_markup(text: str) -> str:
    """Return the text without HTML: block tags become line breaks, other tags disappear, entities are decoded.

    The target of a link follows its text in brackets, a picture is replaced by its description, and an address in
    angle brackets, as in Markdown, stays without them.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _AUTOLINK.sub(lambda match: match[1], _IMAGE.sub(lambda match: match[1] or match[2] or "", text))
    text = _LINK.sub(_link_text, text)
    if _MARKUP_TAG.search(text) or _ENTITY.search(text):
        text = html.unescape(_MARKUP_TAG.sub("", _ITEM.sub("\n- ", _BREAK.sub("\n", text))))
        text = re.sub(r"\n{3,}", "\n\n", "\n".join(map(one_line, text.splitlines())))
    # Text such as "a <b" looks like the start of a tag; the standard rejects it without the space.
    return _OPENING.sub("< ", _CONTROL.sub("", text)).strip()


def _link_text(match: re.Match[str]) -> str:
    """Return the text of a link with its target, unless the text is the target or the target leads nowhere."""
    target, text = (match[1] or match[2] or match[3] or "").strip(), match[4] or ""
    shown = one_line(html.unescape(_MARKUP_TAG.sub("", text)))
    bare = re.sub(r"^(?:mailto|tel):", "", target, flags=re.IGNORECASE)
    if match[4] is None:
        return f"{bare} "
    if not bare or target.startswith("#") or html.unescape(bare).rstrip("/") == shown.rstrip("/") or is_mailbox(shown):
        return text
    return f"{text} ({bare})" if shown else bare


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


Value = str | tuple[str, ...]

_URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,10}")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})|(\d{1,2})-(\d{4})")
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?", re.DOTALL)
_TITLE_AND_URL = re.compile(r"(.*) \((https?://\S+)\)")
_SENTENCE_ENDS = ".,;:!?)]}'"

_TRUNCATED = N_("Too long: only the first {limit} characters were imported.")
_NO_LINKS = N_("This is not a list of titles and addresses.")
_LINKS_ONLY = N_("Only its titles and addresses were imported.")
_ADDRESS_ONLY = N_("Only the address in it was imported.")
_NO_DATE = N_("“{value}” is not a valid month or date.")


class UnmappableError(Exception):
    """Our field, or the field of the register, cannot hold a value; `message` gives the reason."""

    def __init__(self, template: str, **values: str) -> None:
        super().__init__(template)
        self.message = Message(template, values)


@dataclass(frozen=True)
class ConvertedValue:
    """Value for one of our fields, with a note for the editor if the conversion was not exact."""

    value: Value
    note: Message | None = None


def convert(line: Line, raw: Any) -> ConvertedValue | None:
    """Convert a value of the register for our field; None if it is empty. Raise UnmappableError if it does not fit."""
    return IMPORTERS[line.conversion](line, raw)


def convert_back(line: Line, value: Value, old: Any) -> Any:
    """Convert our answer for a field of the register, whose previous value is `old`. May raise UnmappableError."""
    return EXPORTERS[line.conversion](line, value, old)


def is_empty(raw: Any) -> bool:
    """Tell whether a value is empty or blank, or a container of such values."""
    if isinstance(raw, (list, dict)):
        return all(map(is_empty, raw.values() if isinstance(raw, dict) else raw))
    return raw is None or (isinstance(raw, str) and not raw.strip())


def text_of(raw: Any) -> str:
    """Return a text, a number or a list of texts as plain text. Raise UnmappableError for anything else."""
    if isinstance(raw, list) and all(isinstance(entry, str) for entry in raw):
        return "\n".join(filter(None, map(strip_markup, raw)))
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return str(raw)
    if not isinstance(raw, str):
        raise UnmappableError(N_("This is not a text."))
    return strip_markup(raw)


def _truncated(text: str) -> ConvertedValue | None:
    if not text:
        return None
    note = Message(_TRUNCATED, {"limit": str(MAX_TEXT)}) if len(text) > MAX_TEXT else None
    return ConvertedValue(truncate(text), note)


def parse_code(line: Line, raw: Any) -> ConvertedValue | None:
    """Map a word of the register to a code by the table of the line, ignoring case."""
    text = one_line(text_of(raw))
    known = {theirs.casefold(): ours for theirs, ours in (line.codes or {}).items()}
    if text and text.casefold() not in known:
        raise UnmappableError(N_("Our vocabulary has no code for “{value}”."), value=shorten(text))
    return ConvertedValue(known[text.casefold()]) if text else None


def parse_month(raw: Any, *, last: bool) -> ConvertedValue | None:
    """Return the first or last day of a month, as YYYY-MM-DD; also accepts a day."""
    text = one_line(text_of(raw))
    match = _MONTH.fullmatch(text)
    if not match:
        return parse_day(text)
    year, month = (int(match[1]), int(match[2])) if match[1] else (int(match[4]), int(match[3]))
    if not (1 <= month <= 12 and year >= 1):
        raise UnmappableError(_NO_DATE, value=shorten(text))
    day = calendar.monthrange(year, month)[1] if last else 1
    note = N_("The last day of the month stands for the month.") if last else N_("The first day stands for the month.")
    return ConvertedValue(date(year, month, day).isoformat(), Message(note))


def parse_day(text: str) -> ConvertedValue | None:
    """Return the day of a date or timestamp, as YYYY-MM-DD."""
    if not text:
        return None
    match = _DAY.fullmatch(text)
    if not match and (day := parse_local_date(text)):
        return ConvertedValue(day.isoformat())
    try:
        return ConvertedValue(date.fromisoformat(match[1] if match else "").isoformat())
    except ValueError:
        raise UnmappableError(_NO_DATE, value=shorten(text)) from None


def parse_contact(line: Line, raw: Any) -> ConvertedValue | None:
    """Return a mailbox, URL or phone number, or the only one that a text contains."""
    text = one_line(text_of(raw))
    if not text:
        return None
    contact = normalize_contact(text)
    return _contact_value(contact) if contact else parse_contact_in_text(line, raw)


def parse_contact_in_text(_line: Line, raw: Any) -> ConvertedValue | None:
    """Return the only mailbox or URL that a text contains."""
    text = text_of(raw)[:MAX_TEXT]
    candidates = dict.fromkeys([*urls_in(text), *_MAILBOX.findall(_URL.sub(" ", text))])
    contacts = [contact for entry in candidates if (contact := normalize_contact(entry.rstrip(_SENTENCE_ENDS)))]
    if len(contacts) != 1:
        raise UnmappableError(N_("This is not one mailbox, web address or phone number."))
    converted = _contact_value(contacts[0])
    if converted.note or contacts[0] == text:
        return converted
    return ConvertedValue(contacts[0], Message(_ADDRESS_ONLY))


def _contact_value(contact: str) -> ConvertedValue:
    if looks_personal(contact):
        note = N_("This looks like the address of a person. Replace it with a shared mailbox.")
        return ConvertedValue(contact, Message(note))
    return ConvertedValue(contact)


def parse_url(_line: Line, raw: Any) -> ConvertedValue | None:
    """Return a URL, or the only one that a text contains."""
    text = one_line(text_of(raw))
    if not text or is_web_address(text):
        return ConvertedValue(text) if text else None
    urls = urls_in(text)
    if len(urls) != 1:
        raise UnmappableError(N_("This is not one web address."))
    return ConvertedValue(urls[0], Message(_ADDRESS_ONLY))


def parse_urls(_line: Line, raw: Any) -> ConvertedValue | None:
    """Return all URLs that a text contains."""
    text = text_of(raw)
    urls = urls_in(text)
    return _url_list(urls, is_exact=text.split() == urls) if text else None


def parse_link_urls(_line: Line, raw: Any) -> ConvertedValue | None:
    """Return the URLs of a list of titles and links."""
    return _url_list([url for _title, link in _parse_link_list(raw) for url in urls_in(link)], is_exact=False)


def _url_list(urls: list[str], *, is_exact: bool) -> ConvertedValue:
    if not urls:
        raise UnmappableError(N_("This contains no web address."))
    return ConvertedValue(tuple(urls[:MAX_ENTRIES]), None if is_exact else Message(_ADDRESS_ONLY))


def urls_in(text: str) -> list[str]:
    """Return the distinct URLs in a text, without punctuation at their end."""
    candidates = (entry.rstrip(_SENTENCE_ENDS) for entry in _URL.findall(text))
    return [url for url in dict.fromkeys(candidates) if is_web_address(url)]


def parse_links(line: Line, raw: Any) -> ConvertedValue | None:
    """Return a list of titles and links as text."""
    entries = [f"{title} ({link})" if title and link else title or link for title, link in _parse_link_list(raw)]
    entries = list(filter(None, entries))
    is_partial = any(set(entry) - {"title", "link"} for entry in raw)
    if not entries and is_partial:
        raise UnmappableError(_NO_LINKS)
    converted = _truncated(_link_separator(line).join(entries))
    return ConvertedValue(converted.value, Message(_LINKS_ONLY)) if converted and is_partial else converted


def _parse_link_list(raw: Any) -> list[tuple[str, str]]:
    """Return the title and link of each entry, as plain text on one line."""
    if not isinstance(raw, list) or not all(isinstance(entry, dict) for entry in raw):
        raise UnmappableError(_NO_LINKS)
    pairs = [(entry.get("title"), entry.get("link")) for entry in raw]
    if not all(isinstance(text, str | None) for pair in pairs for text in pair):
        raise UnmappableError(_NO_LINKS)
    return [(one_line(strip_markup(title or "")), one_line(strip_markup(link or ""))) for title, link in pairs]


def _link_separator(line: Line) -> str:
    """Return what separates links in our text: only a text with headings has several lines."""
    return "\n" if line.part is not None else "; "


def parse_tags(_line: Line, raw: Any) -> ConvertedValue | None:
    """Return the words between commas, semicolons or line breaks as tags of CKAN."""
    text = text_of(raw)
    tags, messages = tags_of(re.split(r"[,;\n]", text))
    if not tags and text:
        raise UnmappableError(N_("This contains no valid tag."))
    return ConvertedValue(tags, messages[0] if messages else None) if tags else None


def write_code(line: Line, value: Value, _old: Any) -> str:
    """Return the word of the register for a code: that of `back`, or else the first in `codes`."""
    words = [theirs for theirs, ours in (line.codes or {}).items() if ours == value]
    word = (line.back or {}).get(str(value)) or next(iter(words), None)
    if word is None:
        raise UnmappableError(N_("Their vocabulary has no code for “{value}”."), value=str(value))
    return word


def write_unchanged(_line: Line, value: Value, _old: Any) -> Any:
    """Return our answer as it is."""
    return value


def write_month(_line: Line, value: Value, _old: Any) -> str:
    """Return the month of a day, as YYYY-MM."""
    return str(value)[:7]


def write_contact_in_text(line: Line, value: Value, old: Any) -> str:
    """Replace the contact in the text of the register with ours."""
    if is_empty(old):
        return str(value)
    try:
        before = parse_contact_in_text(line, old)
    except UnmappableError:
        before = None
    if before is None or not isinstance(old, str):
        raise UnmappableError(N_("Their field holds a text without a contact that ours could replace."))
    text: str = old.replace(str(before.value), str(value))
    return text


def write_urls(line: Line, value: Value, old: Any) -> Any:
    """Return a list of URLs, or one URL if the field holds a single one or held a text."""
    if line.single or (len(value) == 1 and not isinstance(old, list)):
        return value[0]
    return list(value)


def write_link_urls(_line: Line, value: Value, old: Any) -> list[Any]:
    """Return the list of the register without removed URLs, and with an entry for each new one."""
    kept = [
        entry
        for entry in (old if isinstance(old, list) else [])
        if isinstance(entry, dict) and not set(urls_in(str(entry.get("link") or ""))) - set(value)
    ]
    present = {url for entry in kept for url in urls_in(str(entry.get("link") or ""))}
    return kept + [{"title": url, "link": url} for url in value if url not in present]


def write_links(line: Line, value: Value, _old: Any) -> list[dict[str, str | None]]:
    """Return the titles and links of our text as a list."""
    entries = [entry.strip() for entry in str(value).split(_link_separator(line))]
    matches = [(entry, _TITLE_AND_URL.fullmatch(entry)) for entry in entries if entry]
    return [
        {"title": match[1], "link": match[2]} if match else {"title": entry, "link": None} for entry, match in matches
    ]


Importer = Callable[[Line, Any], ConvertedValue | None]
Exporter = Callable[[Line, Value, Any], Any]

IMPORTERS: Mapping[str, Importer] = {
    "line": lambda _line, raw: _truncated(one_line(text_of(raw))),
    "text": lambda _line, raw: _truncated(text_of(raw)),
    "code": parse_code,
    "month_start": lambda _line, raw: parse_month(raw, last=False),
    "month_end": lambda _line, raw: parse_month(raw, last=True),
    "date": lambda _line, raw: parse_day(one_line(text_of(raw))),
    "contact": parse_contact,
    "contact_in": parse_contact_in_text,
    "url": parse_url,
    "urls": parse_urls,
    "link_urls": parse_link_urls,
    "links": parse_links,
    "tags": parse_tags,
}
EXPORTERS: Mapping[str, Exporter] = {
    "line": write_unchanged,
    "text": write_unchanged,
    "code": write_code,
    "month_start": write_month,
    "month_end": write_month,
    "date": write_unchanged,
    "contact": write_unchanged,
    "contact_in": write_contact_in_text,
    "url": write_unchanged,
    "urls": write_urls,
    "link_urls": write_link_urls,
    "links": write_links,
    "tags": lambda _line, value, _old: ", ".join(value),
}
