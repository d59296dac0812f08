"""JSON-LD that explains its own words: a context that stands elsewhere would be loaded from wherever it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit
from xml.sax import SAXException

import requests
from ckanext.dcat.processors import RDFParser
from rdflib.exceptions import Error
from rdflib.parser import PythonInputSource

from ..exchange.rdf import read_answers
from ..governance.http_identity import fetcher
from ..governance.record_import import UnreadableError, plain
from ..http_client import AllowedHosts, FetchError, Limits
from ..http_client.client import lookup
from ..http_client.errors import ADDRESS, MESSAGES
from ..standard import Message, Standard
from ..standard.i18n import N_
from .serializer import profiles

_OUTSIDE = N_(
    "{place} takes its @context from {context}. A context is only read where it stands in the catalogue itself: "
    "put it there, or take the catalogue as Turtle."
)


def json_ld(data: bytes, place: str) -> PythonInputSource:
    """Return JSON-LD as rdflib takes it, parsed once; UnreadableError where a context stands elsewhere."""
    document = json.loads(data)
    if not isinstance(document, (dict, list)):
        raise ValueError("JSON-LD is an object or a list")
    for context in outside(document):
        raise UnreadableError(_OUTSIDE, place=plain(place), context=plain(context))
    return PythonInputSource(document)


def outside(document: Any) -> Iterator[str]:
    """Yield the contexts of a document that stand elsewhere, wherever in it they are named."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield from _addresses(value.get("@context"))
            if "@import" in value:
                yield str(value["@import"])
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _addresses(contexts: Any) -> Iterator[str]:
    waiting = [contexts]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            waiting.extend(value)


MOST_BYTES = 200 * 1024 * 1024
# A page may be large, and made as it is asked for.
LIMITS = Limits(connect=10, read=60, total=600)
_ACCEPT = {"Accept": "text/turtle, application/ld+json;q=0.9, application/rdf+xml;q=0.8"}
_PORTS = {"http": 80, "https": 443}

_UNREACHED = N_("{place} does not answer: {reason}")
_TOO_LARGE = N_("{place} is larger than {most} MB.")
_ELSEWHERE = N_(
    "{place} goes on at another host, port or protocol, {next}: that is not read unless you name it yourself."
)


@dataclass(frozen=True)
class Page:
    """A page of a catalogue: where it was found at last, the media type that it names, and what it says."""

    address: str
    media_type: str
    data: bytes


class _Origin(NamedTuple):
    scheme: str
    host: str
    port: int


class Site:
    """Asks for pages of one catalogue."""

    def __init__(self, address: str) -> None:
        origin = _origin(address)
        if origin is None:
            raise UnreadableError(_UNREACHED, place=plain(address), reason=MESSAGES[ADDRESS])
        self._origin = origin
        allowed = AllowedHosts(hosts=frozenset({(origin.host, origin.port)}))
        self._fetcher = replace(fetcher(LIMITS), allowed=allowed, resolve=cache(lookup))

    def page(self, address: str, named_by: str) -> Page:
        """Return the page at an address, which another page has named."""
        self._stay(address, named_by)
        try:
            answer = self._fetcher.fetch("GET", address, _ACCEPT, MOST_BYTES, lambda url: self._stay(url, address))
        except FetchError as error:
            raise UnreadableError(_UNREACHED, place=plain(address), reason=MESSAGES[error.problem]) from error
        if not 200 <= answer.status < 300:
            raise UnreadableError(_UNREACHED, place=plain(address), reason=f"HTTP {answer.status}")
        if answer.truncated:
            raise UnreadableError(_TOO_LARGE, place=plain(address), most=str(MOST_BYTES // 1024 // 1024))
        media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Page(answer.url, media_type, answer.body)

    def _stay(self, address: str, named_by: str) -> None:
        if _origin(address) != self._origin:
            raise UnreadableError(_ELSEWHERE, place=plain(named_by), next=plain(address))


def _origin(address: str) -> _Origin | None:
    """Return what an address asks, with the host as it is asked; None where it is no address of the web."""
    try:
        parts = urlsplit(requests.Request("GET", address).prepare().url or "")
        host, port = (parts.hostname or "").rstrip("."), parts.port or _PORTS[parts.scheme]
    except (ValueError, LookupError):  # requests' own errors of addresses are ValueErrors
        return None
    return _Origin(parts.scheme, host, port) if host else None


MOST_PAGES = 10_000
MOST_BYTES_IN_ALL = 10 * 1024**3
_FORMATS = {
    ".ttl": "turtle",
    ".jsonld": "json-ld",
    ".json": "json-ld",
    ".rdf": "xml",
    ".xml": "xml",
    ".n3": "n3",
    ".nt": "nt",
}
_TYPES = {
    "text/turtle": "turtle",
    "application/ld+json": "json-ld",
    "application/json": "json-ld",
    "application/rdf+xml": "xml",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/n3": "n3",
    "application/n-triples": "nt",
}

# What rdflib raises for text that is not what it says.
_BROKEN: tuple[type[Exception], ...] = (SyntaxError, ValueError, SAXException, Error, OSError, RecursionError)
_BROKEN += (TypeError, AssertionError, AttributeError, LookupError)

_UNREADABLE = N_("{place} is not RDF that can be read: {reason}")
_ENDLESS = N_("{place} does not end: {pages} pages were read, the next would be {next}.")
_FORMAT = N_("{place}: the kind of RDF is not known. Name the file .ttl, .jsonld, .rdf, .n3 or .nt.")


@dataclass(frozen=True)
class Found:
    """A dataset of a catalogue: as CKAN takes it, by what it is known again, and what of its answers is refused."""

    record: dict[str, Any]
    uri: str
    refused: dict[str, Message]


def is_address(place: str) -> bool:
    """Tell whether a catalogue is to be fetched."""
    return place.lower().startswith(("https://", "http://"))


def read_catalogue(place: str, standard: Standard) -> Iterator[Found]:
    """Yield the datasets of a catalogue, of each page in the order of their addresses.

    UnreadableError where a page cannot be read: the datasets of the pages before it have been given.
    """
    for parser in _pages(place) if is_address(place) else _file(place):
        for subject in sorted(parser._datasets(), key=str):
            record: dict[str, Any] = {}
            for profile in parser._profiles:
                profile(parser.g).parse_dataset(record, subject)
            yield Found(record, str(subject), read_answers(parser.g, subject, standard).refused)


def _file(place: str) -> Iterator[RDFParser]:
    path = Path(place)
    form = _FORMATS.get(path.suffix.lower())
    if form is None:
        raise UnreadableError(_FORMAT, place=place)
    yield _parser(path.read_bytes(), form, place)


def _pages(place: str) -> Iterator[RDFParser]:
    """Follow an address from page to page, as Hydra's `next` says, on its own host and not without end."""
    site, seen, size, address, before = Site(place), set[str](), 0, place, place
    while address and address not in seen:
        if len(seen) >= MOST_PAGES or size >= MOST_BYTES_IN_ALL:
            raise UnreadableError(_ENDLESS, place=plain(place), pages=str(len(seen)), next=plain(address))
        seen.add(address)
        page = site.page(address, before)
        size += len(page.data)
        parser = _parser(page.data, _form(page), page.address)
        yield parser
        before, address = page.address, _next(parser, page.address)


def _form(page: Page) -> str:
    form = _TYPES.get(page.media_type) or _FORMATS.get(Path(page.address.partition("?")[0]).suffix.lower())
    if form is None:
        raise UnreadableError(_FORMAT, place=plain(page.address))
    return form


def _parser(data: bytes, form: str, place: str) -> RDFParser:
    """Return a page of a catalogue, read."""
    parser = RDFParser(profiles=list(profiles()))
    base = place if is_address(place) else None
    try:
        if form == "json-ld":
            parser.g.parse(json_ld(data, place), format=form, publicID=base)
        else:
            parser.g.parse(data=data, format=form, publicID=base)
    except UnreadableError:
        raise
    except _BROKEN as error:
        raise UnreadableError(_UNREADABLE, place=plain(place), reason=plain(error)) from error
    return parser


def _next(parser: RDFParser, address: str) -> str:
    """Return the address of the next page, nothing after the last."""
    told = parser.next_page() or ""
    try:
        return urljoin(address, told) if told else ""
    except ValueError:
        return told  # no address at all: the site says so
