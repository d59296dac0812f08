"""The files of a dataset as entities of type Distribution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .attributes import Attribute, Entity, a_moment, a_property, a_relationship
from .portal import Portal, urn
from .values import moment, size_in_bytes, texts, web_address

Record = Mapping[str, Any]


def distribution(portal: Portal, record: Record, resource: Record) -> Entity:
    """Return one file."""
    return {
        "id": distribution_urn(resource),
        "type": "Distribution",
        "belongsToDataset": a_relationship(urn("Dataset", record["id"])),
        **dict(_attributes(portal, record, resource)),
        "@context": portal.contexts,
    }


def distribution_urn(resource: Record) -> str:
    """Return the id of the entity of a file."""
    return urn("Distribution", resource["id"])


def _attributes(portal: Portal, record: Record, resource: Record) -> Iterator[tuple[str, Attribute]]:
    yield from _addresses(portal, record, resource)
    for name, key in (("title", "name"), ("description", "description")):
        if found := texts(resource.get(key)):
            yield name, a_property(found)
    for name, value in _first_texts(record, resource).items():
        if value:
            yield name, a_property(value[0])
    if (size := size_in_bytes(resource.get("size"))) is not None:
        yield "byteSize", a_property(size)
    for name, key in (("issued", "created"), ("modified", "last_modified")):
        if at := moment(resource.get(key)):
            yield name, a_moment(at)


def _addresses(portal: Portal, record: Record, resource: Record) -> Iterator[tuple[str, Attribute]]:
    address = web_address(resource.get("url"))
    page = f"{portal.page(record.get('type') or 'dataset', record['name'])}/resource/{resource['id']}"
    yield "accessURL", a_property([address or page])
    if address and resource.get("url_type") == "upload":
        yield "downloadURL", a_property([address])


def _first_texts(record: Record, resource: Record) -> dict[str, list[str]]:
    return {
        "format": texts(resource.get("format")),
        "mediaType": texts(resource.get("mimetype")),
        "license": texts(record.get("license_url"), record.get("license_title"), record.get("license_id")),
        "checksum": texts(resource.get("hash")),
    }
