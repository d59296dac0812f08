"""Catalogues of other portals in RDF: from a file or an address, dataset by dataset, as CKAN takes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from xml.sax import SAXException

from ckanext.dcat.processors import RDFParser
from rdflib.exceptions import Error

from ...exchange.linked import read_answers
from ...standard import Message, Standard
from ...standard.messages import N_
from .contexts import json_ld
from .errors import UnreadableError, plain
from .serialising import profiles
from .site import Page, Site

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
            yield Found(_parsed(parser, subject), str(subject), read_answers(parser.g, subject, standard).refused)


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


def _parsed(parser: RDFParser, subject: Any) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for profile in parser._profiles:
        profile(parser.g).parse_dataset(record, subject)
    return record
