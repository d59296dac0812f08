"""Workarounds for ckanext-dcat 2.4.4.

- Add properties that DCAT-AP requires of catalogues and datasets (`fill_catalogue`, `fill_dataset`).
- State file formats and media types as IRIs; ckanext-dcat writes literals, which the SHACL shapes of DCAT-AP reject
  (`mend_formats`).
- Restore values that do not survive a round trip (`keep_nested`, `without_repeats`, `without_filling`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckanext.dcat.profiles.base import RDFProfile
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from ..exchange.rdf import ParsedAnswers
from ..exchange.rdf.namespaces import DCAT, DCTERMS, FOAF, PROV, RDF, RDFS, VCARD
from ..standard import RecordType, Standard

_LANGUAGE = "http://id.loc.gov/vocabulary/iso639-1/"


def fill_dataset(graph: Graph, subject: URIRef) -> None:
    """Add the type of contact points, and the title as description of a dataset without one."""
    for contact in graph.objects(subject, DCAT.contactPoint):
        graph.add((contact, RDF.type, VCARD.Kind))
    title = graph.value(subject, DCTERMS.title)
    if title is not None and (subject, DCTERMS.description, None) not in graph:
        graph.add((subject, DCTERMS.description, title))


def without_filling(record: dict[str, Any]) -> None:
    """Remove a description that only repeats the title."""
    if record.get("notes") and record["notes"] == record.get("title"):
        del record["notes"]


def fill_catalogue(graph: Graph, catalogue: URIRef) -> None:
    """Add publisher, description and types of homepage and languages, which DCAT-AP requires of a catalogue.

    Fault: docs/upstream.md#dcat-catalogue.
    """
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
    """Replace literal formats and media types of distributions by nodes; unknown formats are labelled blank nodes.

    Fault: docs/upstream.md#dcat-formats (ckan/ckanext-dcat#237).
    """
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
                media_type = str(name)
                if media_type.count("/") == 1 and not any(map(str.isspace, media_type)):
                    node = URIRef(f"{_MEDIA_TYPE}{media_type}")
                    graph.add((distribution, DCAT.mediaType, node))
                    graph.add((node, RDF.type, DCTERMS.MediaType))


def read_formats(graph: Graph, record: dict[str, Any]) -> None:
    """Set the format of resources to the label of its node, if the graph has one, in place of the IRI."""
    for resource in record.get("resources") or ():
        reference = resource.get("distribution_ref")
        node = graph.value(URIRef(reference), _FORMAT) if reference else None
        label = None if node is None else graph.value(node, RDFS.label)
        if label is not None:
            resource["format"] = str(label)


_NESTED = ("qualified_attribution", "provenance_activity")
# Extras of ckanext-dcat by property. Kept beside the answer, they would be serialized twice.
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
    """Rewrite qualified attributions to PROV; ckanext-dcat 2.4.4 writes them in terms that DCAT does not define.

    Fault: docs/upstream.md#dcat-attributions.
    """
    for node in list(graph.objects(subject, _WRONG_TERM)):
        graph.remove((subject, _WRONG_TERM, node))
        graph.remove((node, RDF.type, _WRONG_KIND))
        graph.add((subject, PROV.qualifiedAttribution, node))
        graph.add((node, RDF.type, PROV.Attribution))
        for agent in list(graph.objects(node, _WRONG_AGENT)):
            graph.remove((node, _WRONG_AGENT, agent))
            graph.add((node, PROV.agent, agent))


def mend_publisher(graph: Graph, subject: Node, record: Mapping[str, Any]) -> None:
    """Set the current title of the organisation; ckanext-dcat 2.4.4 caches titles until the process ends.

    Fault: docs/upstream.md#dcat-cached-titles.
    """
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
    """Move nested values without a form field into extras as JSON, and drop the attribution that we add ourselves."""
    for key in _NESTED:
        entries = [
            entry
            for entry in record.pop(key, None) or ()
            if not str(entry.get("role") or "").startswith(standard.namespace)
        ]
        if entries:
            record.setdefault("extras", []).append({"key": key, "value": json.dumps(entries)})


def without_repeats(record: dict[str, Any], kind: RecordType, parsed: ParsedAnswers) -> None:
    """Remove extras that repeat an answer. Other catalogues also name their contact point; that name is kept."""
    iris = {name: kind.fields[name].iri for name in parsed.record if name in kind.fields}
    extras = {extra["key"]: extra["value"] for extra in record.get("extras") or ()}
    repeats = {_REPEATS[iri] for iri in iris.values() if iri in _REPEATS}
    contacts = {parsed.record[name] for name, iri in iris.items() if iri == _CONTACT}
    if contacts & {extras.get("contact_email"), extras.get("contact_url")}:
        contact_keys = {key for key in extras if key.startswith("contact_")}
        if parsed.ours or contact_keys <= {"contact_email", "contact_url", "contact_uri"}:
            repeats |= contact_keys
    record["extras"] = [extra for extra in record.get("extras") or () if extra["key"] not in repeats]
