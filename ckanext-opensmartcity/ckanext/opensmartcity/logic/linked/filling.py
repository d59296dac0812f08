"""What DCAT-AP asks of every catalogue and dataset, and ckanext-dcat 2.4.4 leaves open."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from rdflib import Graph, Literal, URIRef

from ...exchange.linked.terms import DCAT, DCTERMS, FOAF, RDF, VCARD

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
            _add_language(graph, catalogue, str(code))


def _add_language(graph: Graph, catalogue: URIRef, code: str) -> None:
    language = URIRef(f"{_LANGUAGE}{code.partition('_')[0]}")
    graph.add((catalogue, DCTERMS.language, language))
    graph.add((language, RDF.type, DCTERMS.LinguisticSystem))
