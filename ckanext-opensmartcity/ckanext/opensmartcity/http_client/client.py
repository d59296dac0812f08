"""A time after which every connection ends, whatever it is doing: a host that drips a byte a second ends too."""
# MERGED Connections that are made to a checked address only: resolved once, checked, and connected to what was checked.
# MERGED One request as it should be: bounded in time, size and redirects, and never to an address inside.

from __future__ import annotations

import os
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPException
from types import TracebackType
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from .address_policy import Doors
from .errors import ADDRESS, BROKEN, CONNECT, DNS, PRIVATE, REDIRECTS, TIMEOUT, TLS, FetchError


class Deadline:
    """Shuts the connections that it watches when its seconds are over."""

    def __init__(self, seconds: float) -> None:
        self.over = False
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []
        self._timer = threading.Timer(max(seconds, 0), self._end)
        self._timer.daemon = True

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            for each in self._watched:
                each.close()
            self._watched.clear()

    def watch(self, connection: socket.socket) -> None:
        """Watch a connection; by a handle of our own, for TLS takes the other one away."""
        with self._lock:
            self._watched.append(connection.dup())
        if self.over:
            self._end()

    def _end(self) -> None:
        self.over = True
        with self._lock:
            for each in self._watched:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)


Resolve = Callable[[str, int], list[str]]


def lookup(host: str, port: int) -> list[str]:
    """Return the addresses of a host, also of one spelled as a number, as the system has them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Connector:
    """Makes the connections of one request."""

    def __init__(self, doors: Doors, resolve: Resolve, seconds: float, deadline: Deadline) -> None:
        self._doors = doors
        self._resolve = resolve
        self._seconds = seconds
        self._deadline = deadline

    def connect(self, host: str, port: int) -> socket.socket:
        """Return a connection to the first address of a host that may be asked and answers."""
        for address in self._checked(host, port):
            try:
                made = socket.create_connection((address, port), self._seconds)
            except OSError as error:
                problem = FetchError(TIMEOUT if isinstance(error, TimeoutError) else CONNECT)
                continue
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._deadline.watch(made)
            return made
        raise problem

    def _checked(self, host: str, port: int) -> Iterator[str]:
        found = self._found(host, port)
        open_ones = [address for address in found if self._doors.lead_to(host, port, address)]
        if not open_ones:
            raise FetchError(PRIVATE)
        # More than a few would make a host that does not answer cost minutes.
        yield from open_ones[:3]

    def _found(self, host: str, port: int) -> list[str]:
        """Resolve in a thread of its own: the system's resolver knows no deadline."""
        answers: queue.Queue[list[str] | Exception] = queue.Queue()

        def ask() -> None:
            try:
                answers.put(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                answers.put(error)

        threading.Thread(target=ask, daemon=True).start()
        try:
            found = answers.get(timeout=self._seconds)
        except queue.Empty:
            raise FetchError(TIMEOUT) from None
        if isinstance(found, Exception) or not found:
            raise FetchError(ADDRESS if isinstance(found, UnicodeError) else DNS)
        return found


class _Checked(HTTPConnection):
    """A connection of urllib3 that is made by our connector."""

    def __init__(self, *args: Any, connector: Connector, **options: Any) -> None:
        super().__init__(*args, **options)
        self._connector = connector

    def _new_conn(self) -> socket.socket:
        return self._connector.connect(self.host, int(self.port))


class _CheckedTls(_Checked, HTTPSConnection):
    """The same with TLS, which is urllib3's own."""


_CLASSES = {"http": _Checked, "https": _CheckedTls}


class _Pools(PoolManager):
    """Pools whose connections are made by our connector."""

    def __init__(self, connector: Connector, **options: Any) -> None:
        super().__init__(**options)
        self._connector = connector

    def _new_pool(self, scheme: str, host: str, port: int, request_context: dict[str, Any] | None = None) -> Any:
        pool: Any = super()._new_pool(scheme, host, port, request_context)
        pool.ConnectionCls = partial(_CLASSES[scheme], connector=self._connector)
        return pool


class CheckedAdapter(HTTPAdapter):
    """What carries the requests of a session: over checked connections, without a second try."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector
        super().__init__(max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        """Make the pools that every request goes through."""
        self.poolmanager = _Pools(self._connector, num_pools=connections, maxsize=maxsize, block=block, **options)


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
