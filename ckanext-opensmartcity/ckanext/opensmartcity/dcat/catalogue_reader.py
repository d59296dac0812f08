"""Reader of DCAT catalogues in RDF, from a file or page by page from a URL (Hydra pagination).

Guards against SSRF and endless catalogues: pages must stay on one origin, their number and size are limited, and
neither contexts of JSON-LD nor entities of XML are loaded.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit
from xml.sax import SAXException

import requests
from ckanext.dcat.processors import RDFParser
from rdflib import URIRef
from rdflib.exceptions import Error
from rdflib.parser import PythonInputSource
from rdflib.term import Node

from ..exchange.rdf import read_answers
from ..exchange.rdf.addresses import (
    UNKNOWN_BASE,
    RelativeAddress,
    catalogue_address,
    described_nodes,
    has_relative_addresses,
    mend_addresses,
)
from ..exchange.rdf.namespaces import DCTERMS
from ..exchange.rdf.project_open_data import state_as_dcat
from ..exchange.rdf.untrusted_input import has_doctype, read_json_ld, remote_contexts
from ..governance.http_identity import fetcher
from ..governance.record_import import UnreadableError
from ..http_client import AllowedHosts, FetchError, Limits
from ..http_client.client import lookup
from ..http_client.errors import ADDRESS, MESSAGES
from ..standard import Message, Standard
from ..standard.i18n import N_
from ..standard.roles import FieldRole
from .serializer import profile_classes, profiles

log = logging.getLogger(__name__)

_REMOTE_CONTEXT = N_(
    "{place} takes its @context from {context}. A context is only read where it stands in the catalogue itself: "
    "put it there, or take the catalogue as Turtle."
)
_MAX_MESSAGE_PART = 200


MOST_BYTES = 200 * 1024 * 1024
# Timeouts in seconds: pages may be large and generated on request.
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
    """Page of a catalogue: final URL after redirects, media type, and body."""

    address: str
    media_type: str
    data: bytes


class _Origin(NamedTuple):
    scheme: str
    host: str
    port: int


class CatalogueClient:
    """HTTP client for the pages of one catalogue, restricted to its origin."""

    def __init__(self, address: str) -> None:
        origin = _origin(address)
        if origin is None:
            raise UnreadableError(_UNREACHED, place=plain(address), reason=MESSAGES[ADDRESS])
        self._origin = origin
        allowed = AllowedHosts(hosts=frozenset({(origin.host, origin.port)}))
        self._fetcher = replace(fetcher(LIMITS), allowed=allowed, resolve=cache(lookup))

    def page(self, address: str, named_by: str) -> Page:
        """Fetch a page that another page links to. Raise UnreadableError."""
        self._require_origin(address, named_by)
        try:
            response = self._fetcher.fetch(
                "GET", address, _ACCEPT, MOST_BYTES, lambda url: self._require_origin(url, address)
            )
        except FetchError as error:
            raise UnreadableError(_UNREACHED, place=plain(address), reason=MESSAGES[error.problem]) from error
        if not 200 <= response.status < 300:
            raise UnreadableError(_UNREACHED, place=plain(address), reason=f"HTTP {response.status}")
        if response.truncated:
            raise UnreadableError(_TOO_LARGE, place=plain(address), most=str(MOST_BYTES // 1024 // 1024))
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Page(response.url, media_type, response.body)

    def _require_origin(self, address: str, named_by: str) -> None:
        if _origin(address) != self._origin:
            raise UnreadableError(_ELSEWHERE, place=plain(named_by), next=plain(address))


def _origin(address: str) -> _Origin | None:
    """Return the origin of a URL as requests would connect to it, None if it is not an HTTP URL."""
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

# Exceptions of rdflib and its parsers for invalid input.
_BROKEN: tuple[type[Exception], ...] = (SyntaxError, ValueError, SAXException, Error, OSError, RecursionError)
_BROKEN += (TypeError, AssertionError, AttributeError, LookupError)

_UNREADABLE = N_("{place} is not RDF that can be read: {reason}")
_DOCTYPE = N_(
    "{place} has a DOCTYPE, whose entities can fill the memory of the portal. It is not read: remove the DOCTYPE."
)
_RELATIVE = N_(
    "“{value}” is an address within the catalogue, which tells nothing outside of it. It was left out: read the "
    "catalogue from its own address."
)
_EMPTY = N_("{place} contains no dataset.")
_NOT_READ = N_("This dataset cannot be read: {reason}")
_ENDLESS = N_("{place} does not end: {pages} pages were read, the next would be {next}.")
_FORMAT = N_("{place}: the kind of RDF is not known. Name the file .ttl, .jsonld, .rdf, .n3 or .nt.")


@dataclass(frozen=True)
class CatalogueDataset:
    """Dataset of a catalogue: CKAN dict, URI (None for a blank node), and messages for values that were left out.

    `failed` is the reason for which the dataset could not be read.
    """

    record: dict[str, Any]
    uri: str | None
    refused: dict[str, Message]
    lost: dict[str, Message] = field(default_factory=dict)
    failed: Message | None = None


def is_address(place: str) -> bool:
    """Return whether the place of a catalogue is a URL."""
    return place.lower().startswith(("https://", "http://"))


def read_catalogue(place: str, standard: Standard) -> Iterator[CatalogueDataset]:
    """Yield the datasets of a catalogue, of each page in the order of their URIs.

    Raise UnreadableError if a page cannot be read, after the datasets of the pages before it, or if there is no
    dataset at all.
    """
    is_empty = True
    roles = (record.roles for record in standard.records.values())
    openness = next((each[FieldRole.OPENNESS].iri for each in roles if FieldRole.OPENNESS in each), None)
    for page in _pages(place):
        state_as_dcat(page.parser.g, openness)
        for subject in sorted(set(page.parser._datasets()), key=page.sort_key):
            is_empty = False
            yield _read_dataset(page, subject, standard)
    if is_empty:
        raise UnreadableError(_EMPTY, place=plain(place))


def _read_dataset(page: _ParsedPage, subject: Node, standard: Standard) -> CatalogueDataset:
    record: dict[str, Any] = {}
    uri = str(subject) if isinstance(subject, URIRef) else None
    try:
        for profile in page.parser._profiles:
            profile(page.parser.g).parse_dataset(record, subject)
        refused = read_answers(page.parser.g, subject, standard).refused
    except Exception as error:
        # Profiles of other extensions run here as well; one dataset that they fail on must not stop the others.
        log.exception("Cannot read the dataset %s", plain(subject))
        return CatalogueDataset(record, uri, {}, failed=Message(_NOT_READ, {"reason": plain(error)}))
    nodes = set(described_nodes(page.parser.g, subject)) if page.relative else set()
    lost = {
        str(each.predicate).replace("#", "/").rpartition("/")[2]: Message(_RELATIVE, {"value": plain(each.address)})
        for each in sorted(page.relative, key=lambda each: (str(each.predicate), str(each.address)))
        if each.subject in nodes
    }
    return CatalogueDataset(record, uri, refused, lost)


@dataclass(frozen=True)
class _ParsedPage:
    """Parsed page, and the relative addresses that it lost."""

    parser: RDFParser
    relative: list[RelativeAddress]

    def sort_key(self, subject: Node) -> tuple[bool, str]:
        """Return datasets with an address first, in its order; others by identifier and title."""
        if isinstance(subject, URIRef):
            return False, str(subject)
        values = (self.parser.g.value(subject, term, default="") for term in (DCTERMS.identifier, DCTERMS.title))
        return True, "\n".join(map(str, values))


def _pages(place: str) -> Iterator[_ParsedPage]:
    """Yield a file, or the pages of a catalogue by its `next` links of Hydra, within one origin and the limits."""
    if not is_address(place):
        yield _parse(Path(place).read_bytes(), _form(place), place)
        return
    site, seen, size, address, before = CatalogueClient(place), set[str](), 0, place, place
    while address and address not in seen:
        if len(seen) >= MOST_PAGES or size >= MOST_BYTES_IN_ALL:
            raise UnreadableError(_ENDLESS, place=plain(place), pages=str(len(seen)), next=plain(address))
        seen.add(address)
        page = site.page(address, before)
        size += len(page.data)
        parsed = _parse(page.data, _form(page.address.partition("?")[0], page.media_type), page.address)
        yield parsed
        before, address = page.address, _next(parsed.parser, page.address)


def _form(place: str, media_type: str = "") -> str:
    form = _TYPES.get(media_type) or _FORMATS.get(Path(place).suffix.lower())
    if form is None:
        raise UnreadableError(_FORMAT, place=plain(place))
    return form


def _parse(data: bytes, form: str, place: str) -> _ParsedPage:
    """Parse a page into a graph. Raise UnreadableError."""
    try:
        base = place if is_address(place) else UNKNOWN_BASE
        parser = _parse_graph(data, form, place, base)
        if base == UNKNOWN_BASE and has_relative_addresses(parser.g) and (own := catalogue_address(parser.g)):
            base = own
            parser = _parse_graph(data, form, place, own)
        relative = mend_addresses(parser.g, base)
    except UnreadableError:
        raise
    except _BROKEN as error:
        raise UnreadableError(_UNREADABLE, place=plain(place), reason=plain(error)) from error
    return _ParsedPage(parser, relative)


class _Parser(RDFParser):
    def _load_profiles(self, profile_names: list[str]) -> list[type]:
        return list(profile_classes(tuple(profile_names)))


def _parse_graph(data: bytes, form: str, place: str, base: str) -> RDFParser:
    parser = _Parser(profiles=list(profiles()))
    if form == "xml" and has_doctype(data):
        raise UnreadableError(_DOCTYPE, place=plain(place))
    if form != "json-ld":
        parser.g.parse(data=data, format=form, publicID=base)
        return parser
    document = read_json_ld(data)
    for context in remote_contexts(document):
        raise UnreadableError(_REMOTE_CONTEXT, place=plain(place), context=plain(context))
    parser.g.parse(PythonInputSource(document), format=form, publicID=base)
    return parser


def _next(parser: RDFParser, address: str) -> str:
    """Return the URL of the next page, '' after the last."""
    link = parser.next_page() or ""
    try:
        return urljoin(address, link) if link else ""
    except ValueError:
        return link  # not a URL: fetching it raises UnreadableError


def plain(text: object) -> str:
    """Sanitize foreign text for a message: one line of at most 200 characters, without terminal control characters."""
    printable = "".join(letter if letter.isprintable() else " " for letter in str(text))
    return " ".join(printable.split())[:_MAX_MESSAGE_PART]
