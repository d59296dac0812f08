"""Where records are found on this portal, as nodes of a graph."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ckanext.dcat.utils import catalog_uri
from rdflib import Graph, URIRef
from rdflib.term import Node

from ..exchange.rdf.namespaces import DCAT, DPV, FOAF, RDF
from ..governance.governance import ALGORITHM_TYPE
from ..standard import AnswerType, RecordType


def system_page(named: str) -> str:
    """Return the address of the page of a system, by what a dataset calls it."""
    return f"{_portal()}/{ALGORITHM_TYPE}/{quote(named, safe='')}"


def page_of(graph: Graph, subject: URIRef, record: dict[str, Any]) -> None:
    """State where people read about a system: the address by which datasets name it."""
    if record.get("type") == ALGORITHM_TYPE and record.get("name"):
        page = URIRef(system_page(record["name"]))
        graph.add((subject, DCAT.landingPage, page))
        graph.add((page, RDF.type, FOAF.Document))


def systems_elsewhere(graph: Graph, subject: Node, kind: RecordType, answers: dict[str, Any]) -> None:
    """Name systems of another portal by their address: their names mean nothing here, or something else."""
    links = [str(node) for node in graph.objects(subject, DPV.hasAlgorithmicLogic) if isinstance(node, URIRef)]
    abroad = sorted(link for link in links if not link.startswith(f"{_portal()}/"))
    to = next((field.name for field in kind.fields.values() if field.type is AnswerType.URLS), None)
    if abroad and to:
        for field in kind.fields.values():
            if field.type is AnswerType.ALGORITHMS:
                answers.pop(field.name, None)
        answers[to] = list(dict.fromkeys([*answers.get(to, ()), *abroad]))


def _portal() -> str:
    return str(catalog_uri()).rstrip("/")
