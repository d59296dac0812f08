"""SSRF-safe HTTP client on requests, bounded in time, size and number of redirects.

A host is resolved once, its addresses are checked, and the connection goes to a checked address: a second DNS answer
(DNS rebinding) has no effect. Every redirect is checked in the same way. A deadline ends each connection, so that a
host that sends one byte per second cannot hold a worker.
"""

from __future__ import annotations

import os
import queue
import socket
import threading
import time
from collections.abc import Callable, Mapping
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

from .address_policy import AllowedHosts
from .errors import ADDRESS, BROKEN, CONNECT, DNS, PRIVATE, REDIRECTS, TIMEOUT, TLS, FetchError

_REDIRECT_STATUS = (301, 302, 303, 307, 308)
_MAX_URL_LENGTH = 8192
_CHUNK_BYTES = 8192
# A host with many addresses that do not respond would cost minutes.
_MAX_ADDRESSES = 3

Resolve = Callable[[str, int], list[str]]
"""Returns the IP addresses of a host and port."""

BeforeRequest = Callable[[str], None]
"""Called with each URL before it is requested, redirects included. May sleep, or raise FetchError."""


class Deadline:
    """Shuts down the watched connections when the seconds have passed. Context manager."""

    def __init__(self, seconds: float) -> None:
        self.expired = False
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []
        self._timer = threading.Timer(max(seconds, 0), self._expire)
        self._timer.daemon = True

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            for connection in self._watched:
                connection.close()
            self._watched.clear()

    def watch(self, connection: socket.socket) -> None:
        """Watch a connection, through a duplicate: TLS wraps and detaches the original socket."""
        with self._lock:
            self._watched.append(connection.dup())
        if self.expired:
            self._expire()

    def _expire(self) -> None:
        self.expired = True
        with self._lock:
            for connection in self._watched:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


def lookup(host: str, port: int) -> list[str]:
    """Resolve a host with the system resolver, which also accepts IPv4 addresses in decimal, octal and hex."""
    entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in entries))


class Connector:
    """Opens the connections of one request, to checked addresses only."""

    def __init__(self, allowed: AllowedHosts, resolve: Resolve, seconds: float, deadline: Deadline) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._seconds = seconds
        self._deadline = deadline

    def connect(self, host: str, port: int) -> socket.socket:
        """Connect to the first address of a host that is allowed and responds. Raises FetchError."""
        addresses = [address for address in self._addresses(host, port) if self._allowed.allows(host, port, address)]
        problem = FetchError(PRIVATE)
        for address in addresses[:_MAX_ADDRESSES]:
            try:
                connection = socket.create_connection((address, port), self._seconds)
            except OSError as error:
                problem = FetchError(TIMEOUT if isinstance(error, TimeoutError) else CONNECT)
                continue
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._deadline.watch(connection)
            return connection
        raise problem

    def _addresses(self, host: str, port: int) -> list[str]:
        """Resolve a host in a thread of its own, because the system resolver has no timeout. Raises FetchError."""
        results: queue.Queue[list[str] | Exception] = queue.Queue()

        def resolve() -> None:
            try:
                results.put(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                results.put(error)

        threading.Thread(target=resolve, daemon=True).start()
        try:
            addresses = results.get(timeout=self._seconds)
        except queue.Empty:
            raise FetchError(TIMEOUT) from None
        if isinstance(addresses, Exception) or not addresses:
            raise FetchError(ADDRESS if isinstance(addresses, UnicodeError) else DNS)
        return addresses


class _CheckedConnection(HTTPConnection):
    """urllib3 connection that is opened by a Connector."""

    def __init__(self, *args: Any, connector: Connector, **options: Any) -> None:
        super().__init__(*args, **options)
        self._connector = connector

    def _new_conn(self) -> socket.socket:
        return self._connector.connect(self.host, int(self.port))


class _CheckedTlsConnection(_CheckedConnection, HTTPSConnection):
    """The same with the TLS of urllib3."""


_CONNECTION_CLASSES = {"http": _CheckedConnection, "https": _CheckedTlsConnection}


class _CheckedPoolManager(PoolManager):
    """urllib3 pools of checked connections."""

    def __init__(self, connector: Connector, **options: Any) -> None:
        super().__init__(**options)
        self._connector = connector

    def _new_pool(self, scheme: str, host: str, port: int, request_context: dict[str, Any] | None = None) -> Any:
        pool: Any = super()._new_pool(scheme, host, port, request_context)
        pool.ConnectionCls = partial(_CONNECTION_CLASSES[scheme], connector=self._connector)
        return pool


class CheckedAdapter(HTTPAdapter):
    """Adapter of requests that uses checked connections and does not retry."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector
        super().__init__(max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        """Create the pools through which every request goes."""
        self.poolmanager = _CheckedPoolManager(
            self._connector, num_pools=connections, maxsize=maxsize, block=block, **options
        )


@dataclass(frozen=True)
class Limits:
    """Timeouts in seconds to connect, per read and in total, and the maximum number of redirects."""

    connect: float = 5.0
    read: float = 10.0
    total: float = 30.0
    redirects: int = 5


@dataclass(frozen=True)
class Response:
    """Response of the last host. `truncated` if the body was longer than the maximum."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    truncated: bool


@dataclass(frozen=True)
class Fetcher:
    """HTTP client with a User-Agent and one policy for all requests."""

    agent: str
    allowed: AllowedHosts = field(default_factory=AllowedHosts)
    limits: Limits = Limits()
    resolve: Resolve = lookup
    # Of the environment only the certificate authorities are used: no cookies, proxies or passwords.
    trusted: str | bool = field(default_factory=lambda: os.environ.get("REQUESTS_CA_BUNDLE") or True)

    def fetch(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = 1024,
        before_request: BeforeRequest | None = None,
    ) -> Response:
        """Send a request, follow redirects, and read at most `max_bytes` of the body. Raises FetchError."""
        seconds, seen = self.limits.total, set[str]()
        for _ in range(self.limits.redirects + 1):
            url = validate_url(url)
            if url in seen:
                break
            seen.add(url)
            if before_request:
                before_request(url)
            start = time.monotonic()
            response, target = self._send(method, url, dict(headers or {}), max_bytes, seconds)
            seconds -= time.monotonic() - start
            if target is None:
                return response
            url = target
        raise FetchError(REDIRECTS)

    def _send(
        self, method: str, url: str, headers: dict[str, str], max_bytes: int, seconds: float
    ) -> tuple[Response, str | None]:
        """Send one request; return the response and the target of its redirect."""
        with Deadline(seconds) as deadline, requests.Session() as session:
            session.trust_env = False
            session.headers.update({"User-Agent": self.agent, "Accept-Encoding": "identity", "Connection": "close"})
            connector = Connector(self.allowed, self.resolve, min(self.limits.connect, self.limits.total), deadline)
            for scheme in ("http://", "https://"):
                session.mount(scheme, CheckedAdapter(connector))
            try:
                with session.send(
                    session.prepare_request(requests.Request(method, url, headers=headers)),
                    stream=True,
                    allow_redirects=False,
                    timeout=(self.limits.connect, min(self.limits.read, max(seconds, 0.1))),
                    verify=self.trusted,
                ) as raw:
                    response, target = _read_response(session, raw, max_bytes)
            except (requests.RequestException, HTTPError, HTTPException, OSError, ValueError) as error:
                raise FetchError(_problem(error, deadline), str(error)[:200]) from error
            # A body without Content-Length looks complete if the deadline ended it.
            if deadline.expired:
                raise FetchError(TIMEOUT)
            return response, target


def validate_url(url: str) -> str:
    """Return a URL without its fragment. Raises FetchError unless it is http(s) with a host and without a password."""
    try:
        parts = urlsplit(url)
        is_valid = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not parts.username
    except ValueError:
        is_valid = False
    if not is_valid or len(url) > _MAX_URL_LENGTH:
        raise FetchError(ADDRESS)
    return urldefrag(url).url


def _read_response(session: requests.Session, raw: requests.Response, max_bytes: int) -> tuple[Response, str | None]:
    """Return the response, its body only if it is not a redirect, and the target of the redirect."""
    target, body = None, bytearray()
    if raw.status_code in _REDIRECT_STATUS:
        target = session.get_redirect_target(raw)
        if target is None:
            raise FetchError(BROKEN)
    if not target:
        for chunk in raw.iter_content(_CHUNK_BYTES):
            body += chunk
            if len(body) > max_bytes:
                break
    truncated = len(body) > max_bytes
    response = Response(str(raw.url), raw.status_code, raw.headers, bytes(body[:max_bytes]), truncated)
    return response, urljoin(str(raw.url), target) if target else None


def _problem(error: Exception, deadline: Deadline) -> str:
    if deadline.expired or isinstance(error, (requests.Timeout, TimeoutError)) or "Read timed out" in str(error):
        return TIMEOUT
    if isinstance(error, requests.exceptions.SSLError):
        return TLS
    if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema)):
        return ADDRESS
    return BROKEN
