"""Catalogues of other portals in RDF: from a file or an address, dataset by dataset, as CKAN takes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.sax import SAXException

import requests
from ckanext.dcat.processors import RDFParser
from rdflib.exceptions import ParserError

from ...exchange.linked import read_answers
from ...standard import Message, Standard
from ...standard.messages import N_
from .errors import UnreadableError
from .serialising import profiles

MOST_BYTES = 200 * 1024 * 1024
SECONDS = 60
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

_UNREACHED = N_("{place} does not answer: {reason}")
_TOO_LARGE = N_("{place} is larger than {most} MB.")
_UNREADABLE = N_("{place} is not RDF that can be read: {reason}")
_ELSEWHERE = N_("{place} goes on at another host, {next}: that part was not read.")
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

    An address is followed from page to page, as Hydra's `next` says, and never to another host. UnreadableError where a
    page cannot be read: the datasets of the pages before it have been given.
    """
    seen, page = set[str](), place
    while page and page not in seen:
        seen.add(page)
        parser = _parser(page)
        for subject in sorted(parser._datasets(), key=str):
            yield Found(_parsed(parser, subject), str(subject), read_answers(parser.g, subject, standard).refused)
        page = _next(parser, page) if is_address(page) else ""


def _parser(place: str) -> RDFParser:
    """Return a page of a catalogue, read."""
    data, form = _fetched(place) if is_address(place) else _file(place)
    parser = RDFParser(profiles=list(profiles()))
    try:
        parser.g.parse(data=data, format=form, publicID=place if is_address(place) else None)
    except (SyntaxError, ValueError, SAXException, ParserError, TypeError, AssertionError) as error:
        raise UnreadableError(_UNREADABLE, place=place, reason=_one_line(error)) from error
    return parser


def _next(parser: RDFParser, place: str) -> str:
    """Return the address of the next page, nothing after the last."""
    told = parser.next_page()
    following = urljoin(place, told) if told else ""
    if following and urlsplit(following).netloc != urlsplit(place).netloc:
        raise UnreadableError(_ELSEWHERE, place=place, next=following)
    return following


def _parsed(parser: RDFParser, subject: Any) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for profile in parser._profiles:
        profile(parser.g).parse_dataset(record, subject)
    return record


def _file(place: str) -> tuple[bytes, str]:
    path = Path(place)
    form = _FORMATS.get(path.suffix.lower())
    if form is None:
        raise UnreadableError(_FORMAT, place=place)
    return path.read_bytes(), form


def _fetched(address: str) -> tuple[bytes, str]:
    headers = {"Accept": "text/turtle, application/ld+json;q=0.9, application/rdf+xml;q=0.8"}
    try:
        with requests.get(address, headers=headers, timeout=SECONDS, stream=True) as answer:
            answer.raise_for_status()
            kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            form = _TYPES.get(kind) or _FORMATS.get(Path(address.partition("?")[0]).suffix.lower())
            if form is None:
                raise UnreadableError(_FORMAT, place=address)
            return _limited(answer, address), form
    except requests.RequestException as error:
        raise UnreadableError(_UNREACHED, place=address, reason=_one_line(error)) from error


def _limited(answer: requests.Response, address: str) -> bytes:
    data = bytearray()
    for part in answer.iter_content(1 << 16):
        data += part
        if len(data) > MOST_BYTES:
            raise UnreadableError(_TOO_LARGE, place=address, most=str(MOST_BYTES // 1024 // 1024))
    return bytes(data)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
