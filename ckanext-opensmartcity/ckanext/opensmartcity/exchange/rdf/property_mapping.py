"""Under which property each question is stated so that it can be read back exactly."""
# MERGED An entry of an answer as a node of a graph, and back.

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rdflib import Literal, URIRef
from rdflib.term import Node

from ...standard import AnswerType, Field, Standard
from .namespaces import LOC, XSD
from .statements import SHAPES

_PLACES = frozenset({AnswerType.COUNTRY, AnswerType.COUNTRIES, AnswerType.JURISDICTIONS})


@dataclass(frozen=True)
class Plan:
    """How the answers of one kind of record are stated.

    `exact` is the property of each field whose value is the answer itself: the field's own term of the standard where
    nothing else can be meant by it, else our own. `shared` are the fields of each public term that is said as well, in
    the shape that its vocabulary asks for.
    """

    exact: Mapping[str, URIRef]
    shared: Mapping[str, tuple[Field, ...]]
    own: Mapping[str, URIRef]


@lru_cache(maxsize=16)
def plan_of(standard: Standard, kind: str) -> Plan:
    """Return the plan of a kind of record."""
    fields = standard.records[kind].fields
    by_iri: dict[str, list[Field]] = defaultdict(list)
    for field in fields.values():
        by_iri[field.iri].append(field)
    own = {name: URIRef(f"{standard.namespace}{name}") for name in fields}
    exact = {
        name: URIRef(field.iri) if _is_exact(standard, field, by_iri[field.iri]) else own[name]
        for name, field in fields.items()
    }
    # Kinds of things last: whether they are said can depend on what is said of them under a property.
    shared = {iri: tuple(by_iri[iri]) for iri in sorted(by_iri, key=is_class) if iri in SHAPES}
    return Plan(exact, shared, own)


def _is_exact(standard: Standard, field: Field, same: list[Field]) -> bool:
    """Tell whether a value under the field's term can be the answer to this field only."""
    if field.type.is_coded:
        others = [code for other in same if other is not field for code in _vocabulary_codes(standard, other)]
        return not is_class(field.iri) and all(each.type.is_coded for each in same) and _free(standard, field, others)
    if field.type in _PLACES:
        return not is_class(field.iri) and field.iri not in SHAPES and len(same) == 1
    return field.iri not in SHAPES and len(same) == 1 and not is_class(field.iri)


def _free(standard: Standard, field: Field, others: list[str]) -> bool:
    return set(_vocabulary_codes(standard, field)).isdisjoint(others)


def _vocabulary_codes(standard: Standard, field: Field) -> list[str]:
    return [code.iri for code in standard.vocabulary_of(field).codes.values()] if field.type.is_coded else []


def is_class(iri: str) -> bool:
    """Tell whether a term names a kind of thing: such names start with a capital."""
    return iri.replace("#", "/").rpartition("/")[2][:1].isupper()


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
        return _codes_by_iri(standard, field.vocabulary or "").get(str(node))
    if field.type in _PLACES:
        return str(node).removeprefix(str(LOC)) if str(node).startswith(str(LOC)) else None
    return str(node) if isinstance(node, Literal) else None


@lru_cache(maxsize=128)
def _codes_by_iri(standard: Standard, vocabulary: str) -> dict[str, str]:
    return {code.iri: code.code for code in standard.vocabularies[vocabulary].codes.values()}
