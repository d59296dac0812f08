"""Local HTTP servers that misbehave in chosen ways, and a socket that detects connections (for SSRF tests)."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


def reply(status, body=b"", **headers):
    """Return an HTTP response as bytes."""
    head = {"Content-Length": len(body), "Connection": "close", **{k.replace("_", "-"): v for k, v in headers.items()}}
    lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in head.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


class Server:
    """Scripted server: by path, the bytes of a response, or a function of connection, method and headers.

    `requests` records method, path and headers of each request.
    """

    def __init__(self, script, context=None, port=0):
        self.script = script
        self.context = context
        self.requests = []
        self.socket = socket.create_server(("127.0.0.1", port), backlog=50)
        self.port = self.socket.getsockname()[1]
        self.stopped = False
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, path="", host="web.example"):
        return f"{'https' if self.context else 'http'}://{host}:{self.port}{path}"

    def counts(self):
        return Counter((method, path) for method, path, _ in self.requests)

    def close(self):
        self.stopped = True
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def _accept(self):
        while not self.stopped:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with suppress(OSError), connection:
            connection.settimeout(5)
            if not self.context:
                self._answer(connection)
                return
            with self.context.wrap_socket(connection, server_side=True) as secure:
                self._answer(secure)

    def _answer(self, connection):
        raw = b""
        while b"\r\n\r\n" not in raw:
            more = connection.recv(65536)
            if not more:
                return
            raw += more
            if raw.startswith(b"\x16"):  # a TLS handshake on a plain port
                connection.sendall(reply(400))
                return
        head = raw.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
        self.requests.append((method, path, headers))
        answer = self.script.get(path, self.script.get("*", reply(404)))
        if callable(answer):
            answer = answer(connection, method, headers)
        if answer:
            connection.sendall(answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if method == "HEAD" else answer)


@contextmanager
def serving(script, context=None, port=0):
    """Context manager of a running server."""
    server = Server(script, context, port)
    try:
        yield server
    finally:
        server.close()


def hang(connection, method, headers):
    """Send nothing until the client hangs up."""
    with suppress(OSError):
        connection.recv(1)


def drip(connection, method, headers):
    """Send one byte of the head at a time, so that no single read times out (slow loris)."""
    for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1000:
        connection.sendall(bytes([byte]))
        time.sleep(0.05)


def drip_body(connection, method, headers):
    """Send a head, then an endless body without Content-Length, one byte at a time."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)


def huge(connection, method, headers):
    """Send an endless body."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
    while method != "HEAD":
        connection.sendall(b'"xxxxxxxxxxxxxxxx",' * 5000)


def nothing(connection, method, headers):
    """Close the connection without a response."""


def no_head(answer):
    """Return a handler that rejects HEAD with 405, as many servers do, and answers other methods."""
    return lambda connection, method, headers: reply(405) if method == "HEAD" else answer


class Trap:
    """Listening socket that must not be connected to; counts the connections."""

    def __init__(self, family=socket.AF_INET, host="127.0.0.1"):
        self.socket = socket.socket(family)
        self.socket.bind((host, 0))
        self.socket.listen(50)
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]

    def connections(self):
        """Return the number of connections since the last call, whether or not anything was sent."""
        count = 0
        with suppress(BlockingIOError):
            while True:
                self.socket.accept()[0].close()
                count += 1
        return count

    def close(self):
        self.socket.close()


def tls_context(authority, *names):
    """Return a TLS server context with a certificate for these names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context
