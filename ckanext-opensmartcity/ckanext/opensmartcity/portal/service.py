"""Finding TCP ports on the loopback address."""
# MERGED What the three services have in common.

import importlib.util
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from .common import PortalError

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


@dataclass(frozen=True)
class Addresses:
    """Where CKAN finds its services."""

    database: str
    solr: str
    redis: str


def given(variable: str) -> str:
    """Return an address that the person set, or nothing."""
    return os.environ.get(variable, "").strip()


def unreachable(service: str, variable: str, url: str, reason: object) -> PortalError:
    """Describe a service that was named but does not answer."""
    why = " ".join(str(reason).split())[:200]
    return PortalError(
        f"No {service} answers at {variable}={without_password(url)} ({why}): start it, correct the address, "
        f"or unset {variable} so that the portal runs its own."
    )


def without_password(url: str) -> str:
    """Return an address that may be shown."""
    parts = urlsplit(url)
    if not parts.password:
        return url
    netloc = parts.netloc.replace(f":{parts.password}@", ":***@")
    return urlunsplit(parts._replace(netloc=netloc))


def packaged(package: str, *path: str, variable: str) -> Path:
    """Return a file of an installed wheel without importing the wheel."""
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        file = Path(folder, *path)
        if file.exists():
            return file
    raise PortalError(f"The package {package} is not installed: run 'make env', or set {variable}.")
