"""Workarounds for ckanext-dcat 2.4.4.

- Add properties that DCAT-AP requires of catalogues and datasets (`fill_catalogue`, `fill_dataset`).
- State file formats and media types as IRIs; ckanext-dcat writes literals, which the SHACL shapes of DCAT-AP reject
  (`mend_formats`).
- Restore values that do not survive a round trip (`keep_nested`, `without_repeats`, `without_filling`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckanext.dcat.profiles.base import RDFProfile
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from ..exchange.rdf.namespaces import DCAT, DCTERMS, FOAF, PROV, RDF, RDFS, VCARD
from ..standard import RecordType, Standard

_LANGUAGE = "http://id.loc.gov/vocabulary/iso639-1/"


def fill_dataset(graph: Graph, subject: URIRef) -> None:
    """Say of what kind contacts are, and give a dataset that nobody describes its title as description."""
    for contact in graph.objects(subject, DCAT.contactPoint):
        graph.add((contact, RDF.type, VCARD.Kind))
    title = graph.value(subject, DCTERMS.title)
    if title is not None and (subject, DCTERMS.description, None) not in graph:
        graph.add((subject, DCTERMS.description, title))


def without_filling(record: dict[str, Any]) -> None:
    """Take out a description that only repeats the title."""
    if record.get("notes") and record["notes"] == record.get("title"):
        del record["notes"]


def fill_catalogue(graph: Graph, catalogue: URIRef) -> None:
    """Say who publishes a catalogue, and give what it says of itself the kind that is asked for."""
    name = graph.value(catalogue, DCTERMS.title) or Literal(tk.config["ckan.site_title"])
    if (catalogue, DCTERMS.publisher, None) not in graph:
        publisher = URIRef(f"{catalogue}#publisher")
        graph.add((catalogue, DCTERMS.publisher, publisher))
        graph.add((publisher, RDF.type, FOAF.Agent))
        graph.add((publisher, FOAF.name, name))
    if (catalogue, DCTERMS.description, None) not in graph:
        graph.add((catalogue, DCTERMS.description, name))
    for page in graph.objects(catalogue, FOAF.homepage):
        graph.add((page, RDF.type, FOAF.Document))
    for code in list(graph.objects(catalogue, DCTERMS.language)):
        if isinstance(code, Literal):
            graph.remove((catalogue, DCTERMS.language, code))
            language = URIRef(f"{_LANGUAGE}{code.partition('_')[0]}")
            graph.add((catalogue, DCTERMS.language, language))
            graph.add((language, RDF.type, DCTERMS.LinguisticSystem))


_FORMAT = URIRef(f"{DCTERMS}format")
_FILE_TYPE = "http://publications.europa.eu/resource/authority/file-type/"
_MEDIA_TYPE = "https://www.iana.org/assignments/media-types/"
_KNOWN = frozenset("CSV GEOJSON HTML JSON KML PDF SHP TXT XLS XLSX XML ZIP".split())


def mend_formats(graph: Graph, subject: Node) -> None:
    """State the formats of a record's files as terms that keep their name."""
    for distribution in graph.objects(subject, DCAT.distribution):
        for name in list(graph.objects(distribution, _FORMAT)):
            if isinstance(name, Literal):
                graph.remove((distribution, _FORMAT, name))
                word = str(name).strip().upper()
                node = URIRef(f"{_FILE_TYPE}{word}") if word in _KNOWN else BNode()
                graph.add((distribution, _FORMAT, node))
                graph.add((node, RDF.type, DCTERMS.MediaTypeOrExtent))
                graph.add((node, RDFS.label, name))
        for name in list(graph.objects(distribution, DCAT.mediaType)):
            if isinstance(name, Literal):
                graph.remove((distribution, DCAT.mediaType, name))
                _add_media_type(graph, distribution, str(name))


def _add_media_type(graph: Graph, distribution: Node, name: str) -> None:
    if name.count("/") == 1 and not any(map(str.isspace, name)):
        node = URIRef(f"{_MEDIA_TYPE}{name}")
        graph.add((distribution, DCAT.mediaType, node))
        graph.add((node, RDF.type, DCTERMS.MediaType))


def read_formats(graph: Graph, record: dict[str, Any]) -> None:
    """Give files the name of their format where a graph names it, and not the address of the term."""
    for resource in record.get("resources") or ():
        reference = resource.get("distribution_ref")
        node = graph.value(URIRef(reference), _FORMAT) if reference else None
        label = None if node is None else graph.value(node, RDFS.label)
        if label is not None:
            resource["format"] = str(label)


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
        entries = [
            entry
            for entry in record.pop(key, None) or ()
            if not str(entry.get("role") or "").startswith(standard.namespace)
        ]
        if entries:
            record.setdefault("extras", []).append({"key": key, "value": json.dumps(entries)})


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
