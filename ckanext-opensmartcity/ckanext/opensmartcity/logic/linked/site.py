"""The place of a catalogue in the network: the host and port that the administrator named, also inside, and no other.

What the pages say is written by others: neither a redirect nor a next page leads to another host or out of TLS, and the
name of the host means what it meant for the first page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

import requests

from ...fetching import Doors, FetchError, Limits
from ...fetching.connecting import lookup
from ...fetching.problems import ADDRESS, WORDS
from ...standard.messages import N_
from ..asking import fetcher
from .errors import UnreadableError, plain

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
            raise UnreadableError(_UNREACHED, place=plain(address), reason=WORDS[ADDRESS])
        self._origin = origin
        doors = Doors(hosts=frozenset({(origin.host, origin.port)}))
        self._fetcher = replace(fetcher(LIMITS), doors=doors, resolve=cache(lookup))

    def page(self, address: str, named_by: str) -> Page:
        """Return the page at an address, which another page has named."""
        self._stay(address, named_by)
        try:
            answer = self._fetcher.fetch("GET", address, _ACCEPT, MOST_BYTES, lambda url: self._stay(url, address))
        except FetchError as error:
            raise UnreadableError(_UNREACHED, place=plain(address), reason=WORDS[error.problem]) from error
        if not 200 <= answer.status < 300:
            raise UnreadableError(_UNREACHED, place=plain(address), reason=f"HTTP {answer.status}")
        if answer.cut:
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
