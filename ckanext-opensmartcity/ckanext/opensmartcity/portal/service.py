"""What the three services have in common."""

import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from .errors import PortalError


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
