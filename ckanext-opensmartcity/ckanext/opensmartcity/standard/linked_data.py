"""Loader of `linked_data.yaml`: shapes in which answers are written in public vocabularies, and NGSI-LD attributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from .roles import FieldRole
from .yaml_source import Section, nearest

Shape = Literal["agent", "contact", "document", "node", "existing", "value"]
SHAPES: tuple[Shape, ...] = get_args(Shape)

# Keys that a shape cannot do without.
_NEEDED: Mapping[Shape, tuple[str, ...]] = {
    "document": ("types", "value"),
    "node": ("types", "value"),
    "existing": ("types", "property", "trait"),
    "value": ("types",),
}


@dataclass(frozen=True)
class PublicTerm:
    """A term of a public vocabulary and the structure in which its consumers expect an answer.

    `predicate` leads from the record to what is written. `value` is the property that holds the answer there, and
    `trait` that of the codes for which something is written. `is_read` tells whether other catalogues are read by it,
    and `read_from` names properties of other vocabularies whose values are read as its own.
    """

    iri: str
    shape: Shape
    types: tuple[str, ...]
    predicate: str
    value: str
    trait: str
    is_joined: bool
    is_read: bool
    read_from: tuple[str, ...]


@dataclass(frozen=True)
class LinkedData:
    """Public terms by IRI, in the order in which they are read, and the role that each NGSI-LD attribute repeats."""

    terms: Mapping[str, PublicTerm] = field(default_factory=dict)
    attributes: Mapping[str, FieldRole] = field(default_factory=dict)


def load_linked_data(section: Section | None) -> LinkedData:
    """Load the terms and attributes. Raise SourceError with file and line if they are invalid."""
    if section is None:
        return LinkedData()
    terms: dict[str, PublicTerm] = {}
    for item in section.sections("terms") if "terms" in section else ():
        term = _load_term(item)
        if term.iri in terms:
            raise item.error(f"the term '{term.iri}' is defined twice", "iri")
        terms[term.iri] = term
    attributes: dict[str, FieldRole] = {}
    roles = {role.value: role for role in FieldRole}
    for item in section.sections("attributes") if "attributes" in section else ():
        name, role = item.text("attribute"), item.text("role")
        if name in attributes:
            raise item.error(f"the attribute '{name}' is defined twice", "attribute")
        if role not in roles:
            raise item.error(f"there is no role '{role}'{nearest(role, roles)} (known: {', '.join(roles)})", "role")
        attributes[name] = roles[role]
    return LinkedData(terms, attributes)


def _load_term(item: Section) -> PublicTerm:
    shape = item.text("shape")
    if shape not in SHAPES:
        raise item.error(f"there is no shape '{shape}'{nearest(shape, SHAPES)} (known: {', '.join(SHAPES)})", "shape")
    for key in _NEEDED.get(shape, ()):
        if key not in item:
            raise item.error(f"the shape '{shape}' needs '{key}'", "shape")
    iri = item.text("iri")
    return PublicTerm(
        iri=iri,
        shape=shape,
        types=tuple(item.texts("types")) if "types" in item else (),
        predicate=item.optional_text("property") or iri,
        value=item.optional_text("value") or "",
        trait=item.optional_text("trait") or "",
        is_joined=bool(item.get("joined")),
        is_read=bool(item.get("read")),
        read_from=tuple(item.texts("read_from")) if "read_from" in item else (),
    )
