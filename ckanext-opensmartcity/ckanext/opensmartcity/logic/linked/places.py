"""Where records are found on this portal, as nodes of a graph."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ckanext.dcat.utils import catalog_uri
from rdflib import Graph, URIRef

from ...exchange.linked.terms import DCAT, FOAF, RDF
from ..governance import SYSTEM_TYPE


def system_page(named: str) -> str:
    """Return the address of the page of a system, by what a dataset calls it."""
    return f"{_portal()}/{SYSTEM_TYPE}/{quote(named, safe='')}"


def page_of(graph: Graph, subject: URIRef, record: dict[str, Any]) -> None:
    """State where people read about a system: the address by which datasets name it."""
    if record.get("type") == SYSTEM_TYPE and record.get("name"):
        page = URIRef(system_page(record["name"]))
        graph.add((subject, DCAT.landingPage, page))
        graph.add((page, RDF.type, FOAF.Document))


def _portal() -> str:
    return str(catalog_uri()).rstrip("/")
