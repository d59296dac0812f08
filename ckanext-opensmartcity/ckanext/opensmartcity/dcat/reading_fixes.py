"""Values that ckanext-dcat 2.4.4 reads wrongly or not at all: agents, contact points and licences.

It reads names of agents from `foaf:name` only, removes one `mailto:` from a mailbox, and takes a licence from the
distributions only if the register of the portal has its very address.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.model.license import LicenseRegister
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import SKOS
from rdflib.term import Node

from ..exchange.rdf import unread_values
from ..exchange.rdf.addresses import described_nodes
from ..exchange.rdf.contact_points import contacts_of
from ..exchange.rdf.namespaces import DCAT, DCTERMS, FOAF, RDFS
from ..standard.contacts import is_mailbox, is_web_address
from ..standard.licences import is_open_licence, licence_address, licence_ids

_NAMES = (FOAF.name, SKOS.prefLabel, RDFS.label, DCTERMS.title)
_AGENTS = {"publisher": DCTERMS.publisher, "creator": DCTERMS.creator}
_OPEN = "other-open"
UNKNOWN_LICENCE = "dct_license"


def drop_unknown_lists(record: dict[str, Any], kind: str) -> None:
    """Remove contacts and agents as lists of objects, which a portal without fields for them cannot keep.

    ckanext-dcat adds them for every portal with ckanext-scheming, beside the extras that hold the same values.
    """
    try:
        schema = tk.get_action("scheming_dataset_schema_show")({}, {"type": kind})
    except (KeyError, tk.ObjectNotFound):
        return
    known = {field["field_name"] for field in schema["dataset_fields"]}
    for key in ("contact", "creator", "publisher"):
        if key not in known:
            record.pop(key, None)


def drop_node_ids(graph: Graph, subject: Node, record: dict[str, Any]) -> None:
    """Remove the ids of blank nodes that ckanext-dcat takes for values; they are others in each run.

    What the nodes describe becomes an extra later (`keep_unread_values`).
    """
    ids = {str(node) for node in described_nodes(graph, subject) if isinstance(node, BNode)}
    cleaned = _without(record, ids) if ids else dict(record)
    cleaned["extras"] = [extra for extra in cleaned.get("extras") or () if "value" in extra]
    record.clear()
    record.update(cleaned)


def _without(value: Any, ids: set[str]) -> Any:
    """Return a value without some texts, also in JSON; None for such a text and for JSON that held nothing else."""
    if isinstance(value, dict):
        return {key: kept for key, entry in value.items() if (kept := _without(entry, ids)) is not None}
    if isinstance(value, list):
        return [kept for entry in value if (kept := _without(entry, ids)) == entry or kept]
    if not isinstance(value, str) or value in ids:
        return None if isinstance(value, str) else value
    if value[:1] not in ("[", "{") or not any(id in value for id in ids):
        return value
    try:
        return json.dumps(kept) if (kept := _without(json.loads(value), ids)) else None
    except (ValueError, RecursionError):
        return value


def read_agents(graph: Graph, subject: Node, record: dict[str, Any]) -> None:
    """Add the names of publisher and creator that are literals, or not stated as `foaf:name`."""
    for key, predicate in _AGENTS.items():
        agent = next(graph.objects(subject, predicate), None)
        if agent is not None and not _extra(record, f"{key}_name"):
            _set_extra(record, f"{key}_name", next(_names(graph, agent), ""))


def _names(graph: Graph, node: Node) -> Iterator[str]:
    """Yield a literal, or the names of a node."""
    literals = [node, *(name for term in _NAMES for name in graph.objects(node, term))]
    yield from (text for each in literals if isinstance(each, Literal) and (text := str(each).strip()))


def read_contact(graph: Graph, subject: Node, record: dict[str, Any]) -> None:
    """Set the mailbox and web address of the contact in normalized form."""
    node = next(graph.objects(subject, DCAT.contactPoint), None)
    contacts = [] if node is None else contacts_of(graph, node)
    for key, fits in (("contact_email", is_mailbox), ("contact_url", is_web_address)):
        contact = next(filter(fits, contacts), None)
        if contact and (key == "contact_email" or not _extra(record, key)) and contact != _extra(record, "contact_uri"):
            _set_extra(record, key, contact)


def read_licence(graph: Graph, subject: Node, record: dict[str, Any]) -> None:
    """Set the licence of the dataset: the one stated of it, else the one of all its distributions."""
    own = list(_statements(graph, subject))
    files = [list(_statements(graph, each)) for each in graph.objects(subject, DCAT.distribution)]
    stated = own or (files[0] if files and all(files) else [])
    same = bool(own) or all({*map(licence_ids, each)} & {*map(licence_ids, stated)} - {()} for each in files)
    record.pop("license_id", None)
    if stated and same and (id := _registered(stated)):
        record["license_id"] = id
    elif not own and files and all(any(map(is_open_licence, each)) for each in files):
        record["license_id"] = _OPEN
    for resource in record.get("resources") or ():
        if own and resource.get("license") in own:
            del resource["license"]


def keep_unread_values(graph: Graph, subject: Node, record: dict[str, Any], converted: set[Node]) -> None:
    """Add what no field holds as extras of the dataset and of its resources."""
    address = licence_address(record.get("license_id") or "")
    if address and _without_scheme(address) in map(_without_scheme, _statements(graph, subject)):
        converted = converted | {DCTERMS.license}
    keys = {extra["key"] for extra in record["extras"]}
    places = {
        key: {extra.rpartition("_")[0] for extra in keys if extra.startswith(key)} for key in ("spatial", "temporal")
    }
    for key, predicate in (("spatial", DCTERMS.spatial), ("temporal", DCTERMS.temporal)):
        if places[key] or key in keys:
            converted = converted | ({predicate} if len(list(graph.objects(subject, predicate))) == 1 else set())
    unread = unread_values(graph, subject, record, converted | {DCAT.distribution})
    record["extras"] += [{"key": key, "value": value} for key, value in unread.items() if key not in keys]
    nodes = {str(node): node for node in graph.objects(subject, DCAT.distribution)}
    for resource in record.get("resources") or ():
        node = nodes.get(resource.pop("distribution_ref", ""))
        if node is not None:
            read = {each for name, each in _FILE_PROPERTIES.items() if resource.get(name) not in (None, "")}
            resource |= {
                key: value for key, value in unread_values(graph, node, record, read).items() if key not in resource
            }


# Properties of a distribution whose values ckanext-dcat converts.
_FILE_PROPERTIES: Mapping[str, Node] = {
    "format": URIRef(f"{DCTERMS}format"),
    "mimetype": DCAT.mediaType,
    "size": DCAT.byteSize,
    "hash": URIRef("http://spdx.org/rdf/terms#checksum"),
    "access_services": DCAT.accessService,
}


def state_licence(graph: Graph, subject: Node, record: Mapping[str, Any]) -> None:
    """State the licence of a dataset, also of each of its distributions without one."""
    known = licence_address(str(record.get("license_id") or ""))
    candidates = (_extra(record, UNKNOWN_LICENCE), known or "", str(record.get("license_url") or ""))
    address = next(filter(is_web_address, candidates), None)
    if address is None:
        return
    for node in (subject, *graph.objects(subject, DCAT.distribution)):
        if (node, DCTERMS.license, None) not in graph:
            graph.add((node, DCTERMS.license, URIRef(address)))
    graph.add((URIRef(address), URIRef("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), DCTERMS.LicenseDocument))


def _statements(graph: Graph, subject: Node) -> Iterator[str]:
    for node in graph.objects(subject, DCTERMS.license):
        if isinstance(node, URIRef):
            yield str(node)
        yield from _names(graph, node)


def _registered(statements: list[str]) -> str | None:
    ids = {id.lower(): id for id in LicenseRegister().keys()}  # noqa: SIM118  (not a dict)
    candidates = [id for statement in statements for id in (statement.lower(), *licence_ids(statement))]
    if any(map(is_open_licence, statements)):
        candidates.append(_OPEN)
    return next((ids[id] for id in candidates if id in ids), None)


def _without_scheme(address: str) -> str:
    return address.partition("://")[2].rstrip("/")


def _extra(record: Mapping[str, Any], key: str) -> str:
    return next((str(extra["value"]) for extra in record.get("extras") or () if extra["key"] == key), "")


def _set_extra(record: dict[str, Any], key: str, value: str) -> None:
    kept = [extra for extra in record.get("extras") or () if extra["key"] != key]
    record["extras"] = [*kept, {"key": key, "value": value}] if value else kept
