"""The kinds of attributes that an NGSI-LD entity has."""
# MERGED Where entities come from: names, addresses and the contexts that explain their words.
# MERGED The short form of entities, `options=keyValues`: what the JSON Schemas of Smart Data Models describe.
# MERGED Values of CKAN as NGSI-LD and its JSON Schemas want them.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlsplit

Attribute = dict[str, Any]
Entity = dict[str, Any]


def a_property(value: Any) -> Attribute:
    """Return a property with a plain value."""
    return {"type": "Property", "value": value}


def a_date(day: str) -> Attribute:
    """Return a property whose value is a day."""
    return a_property({"@type": "Date", "@value": day})


def a_moment(moment: str) -> Attribute:
    """Return a property whose value is a moment."""
    return a_property({"@type": "DateTime", "@value": moment})


def a_code(codes: Any) -> Attribute:
    """Return a property whose value is a code, or a list of codes, of a vocabulary."""
    return {"type": "VocabProperty", "vocab": codes}


def an_object(value: Any) -> Attribute:
    """Return a property whose value is JSON that nobody is to look into for terms."""
    return {"type": "JsonProperty", "json": value}


def a_relationship(ids: Any) -> Attribute:
    """Return a link to another entity, or to several."""
    return {"type": "Relationship", "object": ids}


CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
MODELS = "https://raw.githubusercontent.com/smart-data-models/dataModel.DCAT-AP/master/context.jsonld"


@dataclass(frozen=True)
class Portal:
    """A portal: its id, what it is called, and the addresses under which it and each kind of its records are read."""

    id: str
    title: str
    description: str
    home: str
    context: str
    starts: Mapping[str, str]

    @cached_property
    def contexts(self) -> list[str]:
        """Return the contexts of every entity: ours first, for in NGSI-LD the core context has the last word."""
        return [self.context, MODELS, CORE]

    @cached_property
    def urn(self) -> str:
        """Return the id of the catalogue."""
        return urn("Catalogue", self.id)

    def page(self, kind: str, name: str) -> str:
        """Return the address of the page of a record."""
        return self.starts[kind] + quote(name, safe="")


def urn(kind: str, id: str) -> str:
    """Return the id of an entity."""
    return f"urn:ngsi-ld:{kind}:{quote(id, safe='')}"


_AS_IT_IS = frozenset({"id", "type", "@context"})


def simplified(entity: Entity) -> Entity:
    """Return an entity with values in the place of attributes."""
    return {name: value if name in _AS_IT_IS else _value(value) for name, value in entity.items()}


def _value(attribute: Attribute) -> Any:
    if attribute["type"] == "VocabProperty":
        return {"vocab": attribute["vocab"]}
    if attribute["type"] == "JsonProperty":
        return {"json": attribute["json"]}
    value = attribute["object"] if attribute["type"] == "Relationship" else attribute["value"]
    return value["@value"] if isinstance(value, dict) else value


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
