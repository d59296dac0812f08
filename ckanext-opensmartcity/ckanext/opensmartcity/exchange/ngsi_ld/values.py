"""Values of CKAN as NGSI-LD and its JSON Schemas want them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote, urlsplit

_WEB = ("http", "https", "ftp")


def texts(*values: Any) -> list[str]:
    """Return the texts among some values that say anything."""
    return [value.strip() for value in values if isinstance(value, str) and value.strip()]


def names(entries: Any, *keys: str) -> list[str]:
    """Return what tags or groups are called: of each entry the first key that has a text."""
    found = (texts(*(entry.get(key) for key in keys)) for entry in entries or () if isinstance(entry, Mapping))
    return [each[0] for each in found if each]


def web_address(value: Any) -> str | None:
    """Return an address that can be followed, as a URI; None for anything else."""
    try:
        parts = urlsplit(value.strip()) if isinstance(value, str) else None
        followed = parts is not None and parts.scheme in _WEB and bool(parts.hostname)
    except ValueError:
        return None
    return quote(value.strip(), safe=":/?#[]@!$&'()*+,;=%~") if followed else None


def moment(value: Any) -> str | None:
    """Return a time of CKAN, which is UTC and does not say so, as a date and time with its zone."""
    try:
        read = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return None
    zoned = read if read.tzinfo else read.replace(tzinfo=timezone.utc)
    return zoned.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def size_in_bytes(value: Any) -> int | None:
    """Return the size of a file, which CKAN keeps as a number or as text."""
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
