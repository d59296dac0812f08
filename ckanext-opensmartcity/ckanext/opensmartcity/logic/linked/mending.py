"""Where ckanext-dcat 2.4.4 does not give back what it was given."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ckanext.dcat.profiles.base import RDFProfile
from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from ...exchange.linked.terms import DCAT, DCTERMS, FOAF, PROV, RDF
from ...standard import RecordType, Standard

_NESTED = ("qualified_attribution", "provenance_activity")
# What ckanext-dcat keeps as an extra of the same term: said once more, it would be stated twice.
_REPEATS = {
    "http://purl.org/dc/terms/accessRights": "access_rights",
    "http://purl.org/dc/terms/provenance": "provenance",
    "http://purl.org/dc/terms/conformsTo": "conforms_to",
    "http://data.europa.eu/r5r/applicableLegislation": "applicable_legislation",
    "http://xmlns.com/foaf/0.1/page": "documentation",
}
_WRONG_TERM, _WRONG_KIND, _WRONG_AGENT = (
    URIRef(f"{DCAT}{name}") for name in ("qualifiedAttribution", "Attribution", "agent")
)
_CONTACT = "http://www.w3.org/ns/dcat#contactPoint"


def mend_attributions(graph: Graph, subject: Node) -> None:
    """State qualified attributions in the terms of PROV: those that ckanext-dcat 2.4.4 writes do not exist."""
    for node in list(graph.objects(subject, _WRONG_TERM)):
        graph.remove((subject, _WRONG_TERM, node))
        graph.remove((node, RDF.type, _WRONG_KIND))
        graph.add((subject, PROV.qualifiedAttribution, node))
        graph.add((node, RDF.type, PROV.Attribution))
        for agent in list(graph.objects(node, _WRONG_AGENT)):
            graph.remove((node, _WRONG_AGENT, agent))
            graph.add((node, PROV.agent, agent))


def mend_publisher(graph: Graph, subject: Node, record: Mapping[str, Any]) -> None:
    """Name the organisation as it is called now: ckanext-dcat 2.4.4 remembers names until the process ends."""
    organization = record.get("organization") or {}
    title, remembered = organization.get("title"), RDFProfile._org_cache.get(organization.get("id"))
    if remembered is None or not title or remembered.get("title") == title:
        return
    before = Literal(remembered.get("title"))
    publisher = graph.value(subject, DCTERMS.publisher)
    if publisher is not None and (publisher, FOAF.name, before) in graph:
        graph.remove((publisher, FOAF.name, before))
        graph.add((publisher, FOAF.name, Literal(title)))
    RDFProfile._org_cache.pop(organization["id"], None)


def keep_nested(record: dict[str, Any], standard: Standard) -> None:
    """Turn nested values for which our form has no field into extras, which CKAN takes; our own attribution is one."""
    for key in _NESTED:
        entries = [entry for entry in record.pop(key, None) or () if not _is_ours(entry, standard)]
        if entries:
            record.setdefault("extras", []).append({"key": key, "value": json.dumps(entries)})


def _is_ours(entry: Mapping[str, Any], standard: Standard) -> bool:
    return str(entry.get("role") or "").startswith(standard.namespace)


def without_repeats(record: dict[str, Any], kind: RecordType, answers: Mapping[str, Any]) -> None:
    """Take out the extras that say what an answer says."""
    iris = {kind.fields[name].iri for name in answers if name in kind.fields}
    repeats = {_REPEATS[iri] for iri in iris if iri in _REPEATS} | set(_contact_extras(record, kind, answers))
    record["extras"] = [extra for extra in record.get("extras") or () if extra["key"] not in repeats]


def _contact_extras(record: Mapping[str, Any], kind: RecordType, answers: Mapping[str, Any]) -> Iterator[str]:
    contacts = {answers[name] for name in answers if name in kind.fields and kind.fields[name].iri == _CONTACT}
    extras = {extra["key"]: extra["value"] for extra in record.get("extras") or ()}
    if contacts & {extras.get("contact_email"), extras.get("contact_url")}:
        yield from (key for key in extras if key.startswith("contact_"))
