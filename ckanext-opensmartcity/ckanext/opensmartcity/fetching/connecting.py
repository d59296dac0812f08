"""Connections that are made to a checked address only: resolved once, checked, and connected to what was checked.

Host, server name and certificate stay those of the name. So neither a redirect nor a name that changes its address
between check and use leads inside.
"""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from .addresses import Doors
from .deadline import Deadline
from .problems import ADDRESS, CONNECT, DNS, PRIVATE, TIMEOUT, FetchError

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
