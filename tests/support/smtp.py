"""Local SMTP server that stores the mails it receives; implements only the commands that the tests need."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class Mails(list[EmailMessage]):
    """Received mails, and the address of the server. `refusing` rejects all recipients."""

    address = ""
    refusing = False

    def to(self, recipient: str) -> list[EmailMessage]:
        """Return the mails to a recipient."""
        return [mail for mail in self if recipient in mail["To"]]


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 tests")
        for line in self.rfile:
            verb = line[:4].upper().strip()
            if verb == b"DATA":
                self._say("354 go on")
                self._receive()
            if verb == b"QUIT":
                self._say("221 bye")
                return
            # Real servers repeat the address in the response, which must not end up in logs.
            refused = verb == b"RCPT" and self.server.mails.refusing
            self._say(f"550 no such person: {line.decode().strip()}" if refused else "250 ok")

    def _receive(self) -> None:
        lines = iter(self.rfile.readline, b".\r\n")
        data = b"".join(line.removeprefix(b".") for line in lines)
        self.server.mails.append(message_from_bytes(data, policy=policy.default))

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[Mails]:
    """Context manager of a running mail server."""
    mails = Mails()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session) as server:
        server.daemon_threads = True
        server.mails = mails
        mails.address = f"127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield mails
        finally:
            server.shutdown()
            thread.join()
