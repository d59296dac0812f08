"""RDF namespaces and prefixes, and the check that a text is a URI that every serialization can write."""

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
_URI = re.compile(r"(?:https?|urn|mailto|tel):[^\x00-\x20<>\"{}|\\^`]+", re.IGNORECASE)

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
    "bind_prefixes",
    "to_uriref",
]


def bind_prefixes(graph: Graph, namespace: str) -> None:
    """Bind the prefixes of a graph; `namespace` is that of the standard's own terms."""
    if graph.store.namespace(OWN_PREFIX) is not None:  # already bound for an earlier record; binding is slow
        return
    for prefix, uri in _PREFIXES.items():
        graph.bind(prefix, uri)
    graph.bind(OWN_PREFIX, Namespace(namespace))


def to_uriref(text: str) -> URIRef | None:
    """Return a text as a URI node, or None if it is not an HTTP, mailto, tel or URN address."""
    return URIRef(text) if _URI.fullmatch(text) else None
