"""An entry of an answer as a node of a graph, and back."""

from __future__ import annotations

from functools import lru_cache

from rdflib import Literal, URIRef
from rdflib.term import Node

from ...standard import AnswerType, Field, Standard
from .terms import LOC, XSD

_PLACES = frozenset({AnswerType.COUNTRY, AnswerType.COUNTRIES, AnswerType.JURISDICTIONS})
_TYPED = {
    AnswerType.DATE: XSD.date,
    AnswerType.URI: XSD.anyURI,
    AnswerType.URL: XSD.anyURI,
    AnswerType.URLS: XSD.anyURI,
}


def to_node(standard: Standard, field: Field, entry: str) -> Node:
    """Return the node of an entry; a period stays text, because RDF tools rewrite P18M as P1Y6M."""
    if field.type.is_coded:
        return URIRef(standard.vocabulary_of(field).codes[entry].iri)
    if field.type in _PLACES:
        return LOC[entry]
    return Literal(entry, datatype=_TYPED.get(field.type))


def to_entry(standard: Standard, field: Field, node: Node) -> str | None:
    """Return the entry that a node stands for, None where it is no answer to this question."""
    if field.type.is_coded:
        return _codes(standard, field.vocabulary or "").get(str(node))
    if field.type in _PLACES:
        return str(node).removeprefix(str(LOC)) if str(node).startswith(str(LOC)) else None
    return str(node) if isinstance(node, Literal) else None


@lru_cache(maxsize=128)
def _codes(standard: Standard, vocabulary: str) -> dict[str, str]:
    return {code.iri: code.code for code in standard.vocabularies[vocabulary].codes.values()}
