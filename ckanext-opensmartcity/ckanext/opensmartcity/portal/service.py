"""Shared parts of the three services: addresses, ports on the loopback interface, files of installed wheels."""

import importlib.util
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from .common import PortalError

HOST = "127.0.0.1"
LAST_PORT = 65535


@dataclass(frozen=True)
class Addresses:
    """URLs of the services that CKAN uses."""

    database: str
    solr: str
    redis: str


def is_free(port: int) -> bool:
    """Return whether nothing listens on the port and it can be bound."""
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex((HOST, port)) == 0:
            return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def next_free_port(first: int, tries: int = 100) -> int:
    """Return the first free port from `first` on; raise PortalError after `tries` ports."""
    for port in range(first, min(first + tries, LAST_PORT + 1)):
        if is_free(port):
            return port
    raise PortalError(f"No free port from {first} on: set OSC_PORT to a free one.")


def free_port() -> int:
    """Return a free port chosen by the operating system."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def responds(probe: Callable[[], object], *errors: type[Exception]) -> bool:
    """Return whether a probe of a service succeeds; False for one of the errors."""
    try:
        probe()
    except errors:
        return False
    return True


def configured_url(variable: str) -> str:
    """Return the service URL in an environment variable, or an empty string."""
    return os.environ.get(variable, "").strip()


def unreachable_error(service: str, variable: str, url: str, reason: object) -> PortalError:
    """Return the error for a configured service that does not respond."""
    detail = " ".join(str(reason).split())[:200]
    return PortalError(
        f"No {service} answers at {variable}={redact_password(url)} ({detail}): start it, correct the address, "
        f"or unset {variable} so that the portal runs its own."
    )


def redact_password(url: str) -> str:
    """Return a URL with its password replaced by ***."""
    parts = urlsplit(url)
    if not parts.password:
        return url
    netloc = parts.netloc.replace(f":{parts.password}@", ":***@")
    return urlunsplit(parts._replace(netloc=netloc))


def packaged_file(package: str, *path: str, variable: str) -> Path:
    """Return the path of a file in an installed package, without importing the package.

    Raises PortalError, which suggests to set `variable` to an external service, if the package is not installed.
    """
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        file = Path(folder, *path)
        if file.exists():
            return file
    raise PortalError(f"The package {package} is not installed: run 'make env', or set {variable}.")
