"""Finding TCP ports on the loopback address."""

import socket

from .errors import PortalError

HOST = "127.0.0.1"
LAST_PORT = 65535


def is_free(port: int) -> bool:
    """Tell whether nothing listens on the port and it may be bound."""
    return not answers(port) and _can_bind(port)


def answers(port: int) -> bool:
    """Tell whether something accepts connections on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def next_free(first: int, tries: int = 100) -> int:
    """Return the first free port from `first` on."""
    for port in range(first, min(first + tries, LAST_PORT + 1)):
        if is_free(port):
            return port
    raise PortalError(f"No free port from {first} on: set OSC_PORT to a free one.")


def any_free() -> int:
    """Return a free port chosen by the system."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _can_bind(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
