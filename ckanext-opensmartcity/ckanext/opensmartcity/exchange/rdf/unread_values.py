"""Values of a description in RDF that no field of the record holds, kept in extras under the name of their property.

The profiles of ckanext-dcat read the properties that they know, and the first of several values. The rest of what a
city has stated is compared value by value with the record, so that nothing is lost in silence.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from .contact_points import parse_contacts
from .namespaces import DCAT, DCATAP, DCTERMS, FOAF, ODRL2, PROV, RDF, RDFS, VCARD

_MAX_DEPTH = 4
_PREFIXES = {
    str(DCAT): "dcat",
    str(DCTERMS): "dct",
    str(DCATAP): "dcatap",
    str(FOAF): "foaf",
    str(ODRL2): "odrl",
    str(PROV): "prov",
    str(RDFS): "rdfs",
    str(VCARD): "vcard",
    "http://www.w3.org/2002/07/owl#": "owl",
    "http://www.w3.org/ns/adms#": "adms",
    "http://www.w3.org/2004/02/skos/core#": "skos",
    "https://project-open-data.cio.gov/v1.1/schema#": "pod",
    "http://dati.gov.it/onto/dcatapit#": "dcatapit",
    "http://dcat-ap.de/def/dcatde/": "dcatde",
    "http://schema.org/": "schema",
    "https://schema.org/": "schema",
}


def unread_values(
    graph: Graph, subject: Node, record: Mapping[str, Any], converted: Collection[Node] = ()
) -> dict[str, str]:
    """Return the values of a subject that its record does not hold, by key of an extra: `dct_subject`.

    One text is kept as it is, anything else as JSON. `converted` are properties whose values the record holds in
    another form, such as a code.
    """
    known, values = {_normalize(text) for text in _texts(record)}, dict[str, list[Any]]()
    for predicate, node in graph.predicate_objects(subject):
        if predicate == RDF.type or predicate in converted:
            continue
        value = _describe(graph, node, {subject}, 0)
        if not all(_is_known(predicate, text, known) for text in _texts(value)):
            entries = values.setdefault(_key(predicate), [])
            if value not in entries:
                entries.append(value)
    return {
        key: entries[0]
        if len(entries) == 1 and isinstance(entries[0], str)
        else json.dumps(sorted(entries, key=_sort_key), ensure_ascii=False, sort_keys=True)
        for key, entries in sorted(values.items())
    }


def _is_known(predicate: Node, text: str, known: set[str]) -> bool:
    if not text.strip() or _normalize(text) in known:
        return True
    # ckanext-dcat divides keywords at commas.
    return predicate == DCAT.keyword and all(_normalize(part) in known for part in text.split(","))


def _describe(graph: Graph, node: Node, seen: set[Node], depth: int) -> Any:
    """Return a literal as text, an address as text, and a described node as a dict of its values.

    A node is described once in a value: nodes that refer to each other many times would otherwise grow exponentially.
    Other datasets and catalogues, and addresses further away than `_MAX_DEPTH`, are named and not described.
    """
    described: dict[str, list[Any]] = {}
    is_near = depth < _MAX_DEPTH and {DCAT.Dataset, DCAT.Catalog}.isdisjoint(graph.objects(node, RDF.type))
    if not isinstance(node, Literal) and node not in seen and (is_near or isinstance(node, BNode)):
        seen.add(node)
        for predicate, value in graph.predicate_objects(node):
            if predicate != RDF.type and value not in seen:
                described.setdefault(_key(predicate), []).append(_describe(graph, value, seen, depth + 1))
    if not described:
        return str(node).strip() if isinstance(node, (Literal, URIRef)) else ""
    result = {
        key: values[0] if len(values) == 1 else sorted(values, key=_sort_key) for key, values in described.items()
    }
    return ({"uri": str(node)} if isinstance(node, URIRef) else {}) | dict(sorted(result.items()))


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts and numbers in a value, also in lists and objects that it holds as JSON."""
    if isinstance(value, Mapping):
        for entry in value.values():
            yield from _texts(entry)
    elif isinstance(value, (list, tuple)):
        for entry in value:
            yield from _texts(entry)
    elif isinstance(value, str):
        yield value
        if value[:1] in ("[", "{"):
            try:
                yield from _texts(json.loads(value))
            except (ValueError, RecursionError):
                return
    elif value is not None:
        yield str(value)


def _normalize(text: str) -> str:
    """Return a text as it is compared: without outer blanks, and a decorated address as the contact that it is."""
    contacts = parse_contacts(text) if ":" in text and len(text) < 1000 else []
    return contacts[0] if len(contacts) == 1 else " ".join(text.split())


def _key(predicate: Node) -> str:
    address = str(predicate)
    cut = max(address.rfind("#"), address.rfind("/")) + 1
    local = "".join(letter if letter.isalnum() else "_" for letter in address[cut:]) or "value"
    return f"{_PREFIXES.get(address[:cut], 'rdf')}_{local}"


def _sort_key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
