"""One request as it should be: bounded in time, size and redirects, and never to an address inside."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.parse import urldefrag, urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from .addresses import Doors
from .connecting import CheckedAdapter, Connector, Resolve, lookup
from .deadline import Deadline
from .problems import ADDRESS, BROKEN, REDIRECTS, TIMEOUT, TLS, FetchError

_REDIRECTS = (301, 302, 303, 307, 308)
_LONGEST_ADDRESS = 8192
_CHUNK = 8192

Gate = Callable[[str], None]


@dataclass(frozen=True)
class Limits:
    """Seconds to connect, for each read and for all of it, and how often to follow."""

    connect: float = 5.0
    read: float = 10.0
    total: float = 30.0
    redirects: int = 5


@dataclass(frozen=True)
class Answer:
    """What the last host answered; `cut` where it had more to say than was wanted."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    cut: bool


@dataclass(frozen=True)
class _Hop:
    answer: Answer
    target: str | None


def open_gate(url: str) -> None:
    """Let everything pass."""


@dataclass(frozen=True)
class Fetcher:
    """Asks as a named program, by the same rules for every address."""

    agent: str
    doors: Doors = field(default_factory=Doors)
    limits: Limits = Limits()
    resolve: Resolve = lookup
    # Cookies, proxies and passwords of the environment are never used; the authorities that it trusts are.
    trusted: str | bool = field(default_factory=lambda: os.environ.get("REQUESTS_CA_BUNDLE") or True)

    def fetch(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        most: int = 1024,
        gate: Gate = open_gate,
    ) -> Answer:
        """Ask, follow redirects, and read at most so many bytes; the gate is asked before each request."""
        left, seen = self.limits.total, set[str]()
        for _ in range(self.limits.redirects + 1):
            url = check_address(url)
            if url in seen:
                break
            seen.add(url)
            gate(url)
            start = time.monotonic()
            hop = self._ask(method, url, dict(headers or {}), most, left)
            left -= time.monotonic() - start
            if hop.target is None:
                return hop.answer
            url = hop.target
        raise FetchError(REDIRECTS)

    def _ask(self, method: str, url: str, headers: dict[str, str], most: int, seconds: float) -> _Hop:
        with Deadline(seconds) as deadline, self._session(deadline) as session:
            try:
                asked = session.prepare_request(requests.Request(method, url, headers=headers))
                with session.send(
                    asked,
                    stream=True,
                    allow_redirects=False,
                    timeout=(self.limits.connect, min(self.limits.read, max(seconds, 0.1))),
                    verify=self.trusted,
                ) as response:
                    hop = self._hop(session, response, most)
            except (requests.RequestException, HTTPError, HTTPException, OSError, ValueError) as error:
                raise FetchError(_problem(error, deadline), str(error)[:200]) from error
            # A body without a stated length looks complete where we were the ones to end it.
            if deadline.over:
                raise FetchError(TIMEOUT)
            return hop

    def _session(self, deadline: Deadline) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.headers.update({"User-Agent": self.agent, "Accept-Encoding": "identity", "Connection": "close"})
        connector = Connector(self.doors, self.resolve, min(self.limits.connect, self.limits.total), deadline)
        for scheme in ("http://", "https://"):
            session.mount(scheme, CheckedAdapter(connector))
        return session

    def _hop(self, session: requests.Session, response: requests.Response, most: int) -> _Hop:
        target = session.get_redirect_target(response) if response.status_code in _REDIRECTS else None
        if target is None and response.status_code in _REDIRECTS:
            raise FetchError(BROKEN)
        body, cut = (b"", False) if target else _read(response, most)
        answer = Answer(str(response.url), response.status_code, response.headers, body, cut)
        return _Hop(answer, urljoin(str(response.url), target) if target else None)


def check_address(url: str) -> str:
    """Return an address without its fragment; a FetchError where no browser would open it, or it holds a password."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not parts.username
    except ValueError:
        fits = False
    if not fits or len(url) > _LONGEST_ADDRESS:
        raise FetchError(ADDRESS)
    return urldefrag(url).url


def _read(response: requests.Response, most: int) -> tuple[bytes, bool]:
    body = bytearray()
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > most:
            return bytes(body[:most]), True
    return bytes(body), False


def _problem(error: Exception, deadline: Deadline) -> str:
    if deadline.over or isinstance(error, (requests.Timeout, TimeoutError)) or "Read timed out" in str(error):
        return TIMEOUT
    if isinstance(error, requests.exceptions.SSLError):
        return TLS
    if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema)):
        return ADDRESS
    return BROKEN
