"""File formats as terms: ckanext-dcat 2.4.4 states them as text, which DCAT-AP's shapes refuse."""

from __future__ import annotations

from typing import Any

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from ...exchange.linked.terms import DCAT, DCTERMS, RDF, RDFS

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
                graph.add((distribution, _FORMAT, _file_type(graph, name)))
        for name in list(graph.objects(distribution, DCAT.mediaType)):
            if isinstance(name, Literal):
                graph.remove((distribution, DCAT.mediaType, name))
                _add_media_type(graph, distribution, str(name))


def _file_type(graph: Graph, name: Literal) -> Node:
    word = str(name).strip().upper()
    node = URIRef(f"{_FILE_TYPE}{word}") if word in _KNOWN else BNode()
    graph.add((node, RDF.type, DCTERMS.MediaTypeOrExtent))
    graph.add((node, RDFS.label, name))
    return node


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
