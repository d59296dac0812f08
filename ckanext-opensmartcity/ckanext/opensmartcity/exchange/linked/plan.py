"""Under which property each question is stated so that it can be read back exactly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rdflib import URIRef

from ...standard import AnswerType, Field, Standard
from .shapes import SHAPES

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
        others = [code for other in same if other is not field for code in _codes(standard, other)]
        return not is_class(field.iri) and all(each.type.is_coded for each in same) and _free(standard, field, others)
    if field.type in _PLACES:
        return not is_class(field.iri) and field.iri not in SHAPES and len(same) == 1
    return field.iri not in SHAPES and len(same) == 1 and not is_class(field.iri)


def _free(standard: Standard, field: Field, others: list[str]) -> bool:
    return set(_codes(standard, field)).isdisjoint(others)


def _codes(standard: Standard, field: Field) -> list[str]:
    return [code.iri for code in standard.vocabulary_of(field).codes.values()] if field.type.is_coded else []


def is_class(iri: str) -> bool:
    """Tell whether a term names a kind of thing: such names start with a capital."""
    return iri.replace("#", "/").rpartition("/")[2][:1].isupper()
