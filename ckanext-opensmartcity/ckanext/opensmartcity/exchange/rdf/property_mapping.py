"""Mapping of fields to RDF properties, and of answer entries to RDF nodes and back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rdflib import Literal, URIRef
from rdflib.term import Node

from ...standard import AnswerType, Field, Standard
from .namespaces import LOC, XSD
from .statements import PLACE_TYPES


@dataclass(frozen=True)
class PropertyPlan:
    """RDF properties of the answers of one record type.

    `exact` gives for each field the property from which its answer can be read back: its public term if no other field
    uses it with the same values, else a term of our own. `shared` gives for each public term that is written in
    addition, in the shape that `linked_data.yaml` names, the fields that it covers. `own_terms` are our own terms.
    """

    exact: Mapping[str, URIRef]
    shared: Mapping[str, tuple[Field, ...]]
    own_terms: Mapping[str, URIRef]


@lru_cache(maxsize=16)
def property_plan(standard: Standard, kind: str) -> PropertyPlan:
    """Return the property plan of a record type."""
    fields = standard.records[kind].fields
    by_iri: dict[str, list[Field]] = defaultdict(list)
    for field in fields.values():
        by_iri[field.iri].append(field)
    own_terms = {name: URIRef(f"{standard.namespace}{name}") for name in fields}
    exact = {
        name: URIRef(field.iri) if _is_exact(standard, field, by_iri[field.iri]) else own_terms[name]
        for name, field in fields.items()
    }
    # Classes last: their shapes depend on the statements that the properties have written.
    shared = {iri: tuple(by_iri[iri]) for iri in sorted(by_iri, key=is_class) if iri in standard.linked_data.terms}
    return PropertyPlan(exact, shared, own_terms)


def _is_exact(standard: Standard, field: Field, same: list[Field]) -> bool:
    """Tell whether a value of the field's public term can only be an answer to this field."""
    if is_class(field.iri):
        return False
    if field.type.is_coded:
        others = {code for each in same if each is not field for code in _vocabulary_codes(standard, each)}
        codes = _vocabulary_codes(standard, field)
        return all(each.type.is_coded for each in same) and others.isdisjoint(codes)
    return field.iri not in standard.linked_data.terms and len(same) == 1


def _vocabulary_codes(standard: Standard, field: Field) -> list[str]:
    return [code.iri for code in standard.vocabulary_of(field).codes.values()] if field.type.is_coded else []


def is_class(iri: str) -> bool:
    """Tell whether a term is a class: class names start with a capital letter."""
    return iri.replace("#", "/").rpartition("/")[2][:1].isupper()


_DATATYPES = {
    AnswerType.DATE: XSD.date,
    AnswerType.URI: XSD.anyURI,
    AnswerType.URL: XSD.anyURI,
    AnswerType.URLS: XSD.anyURI,
}


def to_node(standard: Standard, field: Field, entry: str) -> Node:
    """Return the node of an entry. Durations are plain text, because RDF tools normalize P18M to P1Y6M."""
    if field.type.is_coded:
        return URIRef(standard.vocabulary_of(field).codes[entry].iri)
    if field.type in PLACE_TYPES:
        return LOC[entry]
    return Literal(entry, datatype=_DATATYPES.get(field.type))


def to_entry(standard: Standard, field: Field, node: Node) -> str | None:
    """Return the entry of a node, or None if the node is not an answer to this question."""
    if field.type.is_coded:
        return _codes_by_iri(standard, field.vocabulary or "").get(str(node))
    if field.type in PLACE_TYPES:
        return str(node).removeprefix(str(LOC)) if str(node).startswith(str(LOC)) else None
    return str(node) if isinstance(node, Literal) else None


@lru_cache(maxsize=128)
def _codes_by_iri(standard: Standard, vocabulary: str) -> dict[str, str]:
    return {code.iri: code.code for code in standard.vocabularies[vocabulary].codes.values()}
