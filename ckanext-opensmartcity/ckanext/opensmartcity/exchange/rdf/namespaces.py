"""The namespaces of the terms that we write, and what may stand as an address in a graph."""

from __future__ import annotations

import re

from rdflib import Graph, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, ODRL2, PROV, RDF, RDFS, XSD, Namespace

DPV = Namespace("https://w3id.org/dpv#")
LOC = Namespace("https://w3id.org/dpv/loc#")
GEODCAT = Namespace("http://data.europa.eu/930/")
DCATAP = Namespace("http://data.europa.eu/r5r/")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
RAI = Namespace("http://mlcommons.org/croissant/RAI/")
OWN_PREFIX = "osc"

_PREFIXES = {
    "dpv": DPV,
    "dpv-loc": LOC,
    "dpv-pd": Namespace("https://w3id.org/dpv/pd#"),
    "dpv-gdpr": Namespace("https://w3id.org/dpv/legal/eu/gdpr#"),
    "dpv-aiact": Namespace("https://w3id.org/dpv/legal/eu/aiact#"),
    "dpv-ai": Namespace("https://w3id.org/dpv/ai#"),
    "geodcat": GEODCAT,
    "dcatap": DCATAP,
    "eli": ELI,
    "odrl": ODRL2,
    "prov": PROV,
    "rai": RAI,
    "vcard": VCARD,
}
_ADDRESS = re.compile(r"(?:https?|urn|mailto|tel):[^\x00-\x20<>\"{}|\\^`]+", re.IGNORECASE)

__all__ = [
    "DCAT",
    "DCATAP",
    "DCTERMS",
    "DPV",
    "ELI",
    "FOAF",
    "GEODCAT",
    "LOC",
    "ODRL2",
    "OWN_PREFIX",
    "PROV",
    "RAI",
    "RDF",
    "RDFS",
    "VCARD",
    "XSD",
    "address",
    "bind",
]


def bind(graph: Graph, namespace: str) -> None:
    """Name the prefixes with which the graph is written; `namespace` is that of the standard's own terms."""
    if graph.store.namespace(OWN_PREFIX) is not None:  # of the record before: naming them all takes a while
        return
    for prefix, each in _PREFIXES.items():
        graph.bind(prefix, each)
    graph.bind(OWN_PREFIX, Namespace(namespace))


def address(text: str) -> URIRef | None:
    """Return a text as a node that every format can write, None where it is no address."""
    return URIRef(text) if _ADDRESS.fullmatch(text) else None
