"""Values of another register into values of ours, and back: one pair of functions for each conversion of a mapping."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ...standard.answers import MAX_ENTRIES, MAX_TEXT, shorten
from ...standard.contacts import is_web_address, looks_personal, normalize_contact
from ...standard.i18n import N_, Message
from .mapping import Line
from .plain_text import cut, one_line, plain

Value = str | tuple[str, ...]

_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,10}")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})|(\d{1,2})-(\d{4})")
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?", re.DOTALL)
_TAG = re.compile(r"[\w\-. ]{2,100}")
_LINKED = re.compile(r"(.*) \((https?://\S+)\)")
_SENTENCE_ENDS = ".,;:!?)]}'"

_WAS_CUT = N_("Too long: only the first {limit} characters were taken over.")
_NO_LINKS = N_("This is not a list of titles and addresses.")
_LINKS_ONLY = N_("Only the titles and addresses in it were taken over.")
_ADDRESS_ONLY = N_("Only the address in it was taken over.")


class NoHome(Exception):
    """A value that our field cannot hold, and why."""

    def __init__(self, template: str, **values: str) -> None:
        super().__init__(template)
        self.message = Message(template, values)


@dataclass(frozen=True)
class Piece:
    """A value as our field holds it, and what a reader should know of how it came about."""

    value: Value
    note: Message | None = None


def convert(line: Line, raw: Any) -> Piece | None:
    """Return the value for our field, None where the raw value says nothing; NoHome where our field cannot hold it."""
    return _INTO[line.conversion](line, raw)


def convert_back(line: Line, value: Value, old: Any) -> Any:
    """Return a value of ours as their field holds it; `old` is what stood there. NoHome where it cannot be said."""
    return _BACK[line.conversion](line, value, old)


def is_nothing(raw: Any) -> bool:
    """Tell whether a value says nothing at all: it is empty, and so is everything in it."""
    if isinstance(raw, (list, dict)):
        return all(map(is_nothing, raw.values() if isinstance(raw, dict) else raw))
    return raw is None or (isinstance(raw, str) and not raw.strip())


def text_of(raw: Any) -> str:
    """Return a text, a number or a list of texts as plain text; NoHome for anything else."""
    if isinstance(raw, list) and all(isinstance(entry, str) for entry in raw):
        return "\n".join(filter(None, map(plain, raw)))
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return str(raw)
    if not isinstance(raw, str):
        raise NoHome(N_("This is not a text."))
    return plain(raw)


def _line(_line: Line, raw: Any) -> Piece | None:
    return _fitting(one_line(text_of(raw)))


def _text(_line: Line, raw: Any) -> Piece | None:
    return _fitting(text_of(raw))


def _fitting(text: str) -> Piece | None:
    if not text:
        return None
    note = Message(_WAS_CUT, {"limit": str(MAX_TEXT)}) if len(text) > MAX_TEXT else None
    return Piece(cut(text), note)


def _code(line: Line, raw: Any) -> Piece | None:
    text = one_line(text_of(raw))
    known = {theirs.casefold(): ours for theirs, ours in (line.codes or {}).items()}
    if text and text.casefold() not in known:
        raise NoHome(N_("Our list has no word for “{value}”."), value=shorten(text))
    return Piece(known[text.casefold()]) if text else None


def _month_start(_line: Line, raw: Any) -> Piece | None:
    return _day_of(raw, last=False)


def _month_end(_line: Line, raw: Any) -> Piece | None:
    return _day_of(raw, last=True)


def _day_of(raw: Any, *, last: bool) -> Piece | None:
    text = one_line(text_of(raw))
    found = _MONTH.fullmatch(text)
    if not found:
        return _date_of(text)
    year, month = (int(found[1]), int(found[2])) if found[1] else (int(found[4]), int(found[3]))
    if not (1 <= month <= 12 and year >= 1):
        raise NoHome(N_("“{value}” is no month or day that exists."), value=shorten(text))
    day = calendar.monthrange(year, month)[1] if last else 1
    note = N_("The last day of the month stands for the month.") if last else N_("The first day stands for the month.")
    return Piece(date(year, month, day).isoformat(), Message(note))


def _date(_line: Line, raw: Any) -> Piece | None:
    return _date_of(one_line(text_of(raw)))


def _date_of(text: str) -> Piece | None:
    if not text:
        return None
    found = _DAY.fullmatch(text)
    try:
        return Piece(date.fromisoformat(found[1] if found else "").isoformat())
    except ValueError:
        raise NoHome(N_("“{value}” is no month or day that exists."), value=shorten(text)) from None


def _contact(_line: Line, raw: Any) -> Piece | None:
    text = one_line(text_of(raw))
    if not text:
        return None
    contact = normalize_contact(text)
    return _with_warning(contact) if contact else _contact_in(_line, raw)


def _contact_in(_line: Line, raw: Any) -> Piece | None:
    """Return the one mailbox or address that a text holds."""
    text = text_of(raw)[:MAX_TEXT]
    found = dict.fromkeys([*addresses_in(text), *_MAILBOX.findall(_ADDRESS.sub(" ", text))])
    contacts = [contact for entry in found if (contact := normalize_contact(entry.rstrip(_SENTENCE_ENDS)))]
    if len(contacts) != 1:
        raise NoHome(N_("This is not one mailbox, web address or phone number."))
    piece = _with_warning(contacts[0])
    return piece if piece.note or contacts[0] == text else Piece(contacts[0], Message(_ADDRESS_ONLY))


def _with_warning(contact: str) -> Piece:
    if looks_personal(contact):
        return Piece(contact, Message(N_("This looks like the address of a person. Replace it with a shared mailbox.")))
    return Piece(contact)


def _url(_line: Line, raw: Any) -> Piece | None:
    text = one_line(text_of(raw))
    if not text or is_web_address(text):
        return Piece(text) if text else None
    found = addresses_in(text)
    if len(found) != 1:
        raise NoHome(N_("This is not one web address."))
    return Piece(found[0], Message(_ADDRESS_ONLY))


def _urls(_line: Line, raw: Any) -> Piece | None:
    text = text_of(raw)
    found = addresses_in(text)
    return _listed(found, is_whole=text.split() == found) if text else None


def _link_urls(_line: Line, raw: Any) -> Piece | None:
    found = [address for _title, link in _links_in(raw) for address in addresses_in(link)]
    return _listed(found, is_whole=False)


def _listed(found: list[str], *, is_whole: bool) -> Piece:
    if not found:
        raise NoHome(N_("This holds no web address."))
    return Piece(tuple(found[:MAX_ENTRIES]), None if is_whole else Message(_ADDRESS_ONLY))


def addresses_in(text: str) -> list[str]:
    """Return the web addresses in a text, without the sign that ends the sentence."""
    found = (entry.rstrip(_SENTENCE_ENDS) for entry in _ADDRESS.findall(text))
    return [address for address in dict.fromkeys(found) if is_web_address(address)]


def _links(line: Line, raw: Any) -> Piece | None:
    """Return a list of titles with their addresses as text."""
    shown = [f"{title} ({link})" if title and link else title or link for title, link in _links_in(raw)]
    shown = list(filter(None, shown))
    is_partial = any(set(entry) - {"title", "link"} for entry in raw)
    if not shown and is_partial:
        raise NoHome(_NO_LINKS)
    is_long = line.part is not None
    piece = _fitting("\n".join(shown) if is_long else "; ".join(shown))
    return Piece(piece.value, Message(_LINKS_ONLY)) if piece and is_partial else piece


def _links_in(raw: Any) -> list[tuple[str, str]]:
    if not isinstance(raw, list) or not all(_is_link(entry) for entry in raw):
        raise NoHome(_NO_LINKS)
    return [(_part(entry, "title"), _part(entry, "link")) for entry in raw]


def _is_link(entry: Any) -> bool:
    return isinstance(entry, dict) and all(isinstance(entry.get(key), (str, type(None))) for key in ("title", "link"))


def _part(entry: Mapping[str, Any], key: str) -> str:
    return one_line(plain(entry.get(key) or ""))


def _tags(_line: Line, raw: Any) -> Piece | None:
    words = [one_line(word) for word in re.split(r"[,;\n]", text_of(raw))]
    found = tuple(dict.fromkeys(word for word in words if _TAG.fullmatch(word)))
    if not found and text_of(raw):
        raise NoHome(N_("No tag can be made of this."))
    left_out = any(word and word not in found for word in words)
    note = Message(N_("Some words were left out: they cannot be tags.")) if left_out else None
    return Piece(found, note) if found else None


def _code_back(line: Line, value: Value, _old: Any) -> str:
    # Of several words of theirs for one code of ours, the first is written.
    found = [theirs for theirs, ours in (line.codes or {}).items() if ours == value]
    word = (line.back or {}).get(str(value)) or next(iter(found), None)
    if word is None:
        raise NoHome(N_("Their list has no word for “{value}”."), value=str(value))
    return word


def _same_back(_line: Line, value: Value, _old: Any) -> Any:
    return value


def _month_back(_line: Line, value: Value, _old: Any) -> str:
    return str(value)[:7]


def _contact_in_back(_line: Line, value: Value, old: Any) -> str:
    """Return their text with our contact in the place of the one that stood there."""
    if is_nothing(old):
        return str(value)
    try:
        before = _contact_in(_line, old)
    except NoHome:
        before = None
    if before is None or not isinstance(old, str):
        raise NoHome(N_("Their field holds a text, and it names no contact that ours could replace."))
    text: str = old.replace(str(before.value), str(value))
    return text


def _urls_back(_line: Line, value: Value, old: Any) -> Any:
    if _line.single or (len(value) == 1 and not isinstance(old, list)):
        return value[0]
    return list(value)


def _link_urls_back(_line: Line, value: Value, old: Any) -> list[Any]:
    """Return their list with the entries that still hold, and a new entry for each new address."""
    kept = [
        entry
        for entry in (old if isinstance(old, list) else [])
        if isinstance(entry, dict) and not set(addresses_in(str(entry.get("link") or ""))) - set(value)
    ]
    there = {address for entry in kept for address in addresses_in(str(entry.get("link") or ""))}
    return kept + [{"title": address, "link": address} for address in value if address not in there]


def _links_back(line: Line, value: Value, _old: Any) -> list[dict[str, str | None]]:
    entries = str(value).split("\n") if line.part is not None else str(value).split("; ")
    return [_link(entry) for entry in entries if entry.strip()]


def _link(entry: str) -> dict[str, str | None]:
    found = _LINKED.fullmatch(entry.strip())
    return {"title": found[1], "link": found[2]} if found else {"title": entry.strip(), "link": None}


def _tags_back(_line: Line, value: Value, _old: Any) -> str:
    return ", ".join(value)


_INTO: Mapping[str, Callable[[Line, Any], Piece | None]] = {
    "line": _line,
    "text": _text,
    "code": _code,
    "month_start": _month_start,
    "month_end": _month_end,
    "date": _date,
    "contact": _contact,
    "contact_in": _contact_in,
    "url": _url,
    "urls": _urls,
    "link_urls": _link_urls,
    "links": _links,
    "tags": _tags,
}
_BACK: Mapping[str, Callable[[Line, Value, Any], Any]] = {
    "line": _same_back,
    "text": _same_back,
    "code": _code_back,
    "month_start": _month_back,
    "month_end": _month_back,
    "date": _same_back,
    "contact": _same_back,
    "contact_in": _contact_in_back,
    "url": _same_back,
    "urls": _urls_back,
    "link_urls": _link_urls_back,
    "links": _links_back,
    "tags": _tags_back,
}
