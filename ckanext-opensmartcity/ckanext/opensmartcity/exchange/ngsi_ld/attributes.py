"""NGSI-LD building blocks: attribute types, entity ids, JSON-LD contexts, and CKAN values in the required formats.

`simplify` gives the simplified representation (`options=keyValues`), to which the JSON Schemas of Smart Data Models
apply.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlsplit

Attribute = dict[str, Any]
Entity = dict[str, Any]


def property_attribute(value: Any) -> Attribute:
    """Return a Property with a plain value."""
    return {"type": "Property", "value": value}


def date_attribute(day: str) -> Attribute:
    """Return a Property with a Date value (ISO 8601)."""
    return property_attribute({"@type": "Date", "@value": day})


def datetime_attribute(timestamp: str) -> Attribute:
    """Return a Property with a DateTime value (ISO 8601, UTC)."""
    return property_attribute({"@type": "DateTime", "@value": timestamp})


def vocab_attribute(codes: Any) -> Attribute:
    """Return a VocabProperty with one code or a list of codes."""
    return {"type": "VocabProperty", "vocab": codes}


def json_attribute(value: Any) -> Attribute:
    """Return a JsonProperty, whose value is not expanded as JSON-LD."""
    return {"type": "JsonProperty", "json": value}


def relationship_attribute(ids: Any) -> Attribute:
    """Return a Relationship to one entity id or a list of ids."""
    return {"type": "Relationship", "object": ids}


CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
MODELS = "https://raw.githubusercontent.com/smart-data-models/dataModel.DCAT-AP/master/context.jsonld"


@dataclass(frozen=True)
class Portal:
    """Portal as a catalogue: its id and titles, its URLs, and the URL prefix of the pages of each record type."""

    id: str
    title: str
    description: str
    homepage: str
    context: str
    page_prefixes: Mapping[str, str]

    @cached_property
    def contexts(self) -> list[str]:
        """Return the JSON-LD contexts of every entity, with the core context last, as NGSI-LD requires."""
        return [self.context, MODELS, CORE]

    @cached_property
    def urn(self) -> str:
        """Return the entity id of the catalogue."""
        return urn("Catalogue", self.id)

    def page_url(self, kind: str, name: str) -> str:
        """Return the URL of the page of a record."""
        return self.page_prefixes[kind] + quote(name, safe="")


def urn(kind: str, id: str) -> str:
    """Return the id of an entity: a URN with its type."""
    return f"urn:ngsi-ld:{kind}:{quote(id, safe='')}"


_NOT_ATTRIBUTES = frozenset({"id", "type", "@context"})


def simplify(entity: Entity) -> Entity:
    """Return the simplified representation (keyValues) of an entity: values instead of attributes."""
    return {name: value if name in _NOT_ATTRIBUTES else _simple_value(value) for name, value in entity.items()}


def _simple_value(attribute: Attribute) -> Any:
    if attribute["type"] == "VocabProperty":
        return {"vocab": attribute["vocab"]}
    if attribute["type"] == "JsonProperty":
        return {"json": attribute["json"]}
    value = attribute["object"] if attribute["type"] == "Relationship" else attribute["value"]
    return value["@value"] if isinstance(value, dict) else value


_URL_SCHEMES = ("http", "https", "ftp")


def non_blank(*values: Any) -> list[str]:
    """Return those values that are text and not blank, stripped."""
    return [value.strip() for value in values if isinstance(value, str) and value.strip()]


def display_names(entries: Any, *keys: str) -> list[str]:
    """Return the name of each tag, group or organization: the first of the keys that has a text."""
    texts = (non_blank(*(entry.get(key) for key in keys)) for entry in entries or () if isinstance(entry, Mapping))
    return [each[0] for each in texts if each]


def web_uri(value: Any) -> str | None:
    """Return an HTTP or FTP URL as a percent-encoded URI, or None for anything else."""
    try:
        parts = urlsplit(value.strip()) if isinstance(value, str) else None
        is_url = parts is not None and parts.scheme in _URL_SCHEMES and bool(parts.hostname)
    except ValueError:
        return None
    return quote(value.strip(), safe=":/?#[]@!$&'()*+,;=%~") if is_url else None


def utc_timestamp(value: Any) -> str | None:
    """Return a timestamp of CKAN, which is UTC without an offset, as ISO 8601 with `Z`; None if it is not one."""
    try:
        parsed = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return None
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)
    return aware.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def size_in_bytes(value: Any) -> int | None:
    """Return the size of a file in bytes, which CKAN stores as a number or as text; None if it is neither."""
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
