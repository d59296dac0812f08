"""What catalogues that know nothing of our standard answer all the same, in the public terms that it shares with them.

Only what the term itself says: a publisher is no owner, and a licence no privacy class.
"""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import SKOS
from rdflib.term import Node

from ...standard import AnswerType, Field
from ...standard.contacts import looks_personal, normalise_contact
from .plan import Plan
from .terms import DCAT, DCATAP, DCTERMS, FOAF, GEODCAT, RDFS, VCARD, address

_READ = tuple(
    map(
        str,
        (DCTERMS.rightsHolder, GEODCAT.custodian, DCAT.contactPoint, DCATAP.applicableLegislation, DCTERMS.conformsTo),
    )
)
_NAMES = (FOAF.name, DCTERMS.title, RDFS.label, SKOS.prefLabel)
_WAYS = (VCARD.hasEmail, VCARD.hasURL, VCARD.hasTelephone)
_URIS = frozenset({AnswerType.URI, AnswerType.URL, AnswerType.URLS})


def foreign_entries(graph: Graph, subject: Node, plan: Plan) -> Iterator[tuple[str, list[str]]]:
    """Yield the fields that the public terms answer, with their entries."""
    for iri in _READ:
        nodes = sorted(graph.objects(subject, URIRef(iri)), key=str)
        for field in _first_of_each_type(plan.shared.get(iri, ())):
            entries = [entry for node in nodes if (entry := _entry(graph, node, field))]
            if entries:
                yield field.name, entries if field.type.is_list else entries[:1]


def _first_of_each_type(fields: tuple[Field, ...]) -> list[Field]:
    """Return one field for names and one for identifiers: a law that allows the data is no law that allows its use."""
    found: dict[bool, Field] = {}
    for field in fields:
        found.setdefault(field.type in _URIS, field)
    return list(found.values())


def _entry(graph: Graph, node: Node, field: Field) -> str | None:
    if field.type is AnswerType.CONTACT:
        return next(_contacts(graph, node), None)
    if field.type in _URIS:
        return str(node) if isinstance(node, URIRef) and address(str(node)) else None
    return _named(graph, node, field)


def _named(graph: Graph, node: Node, field: Field) -> str | None:
    if isinstance(node, Literal):
        return str(node).strip() or None
    linkable = field.type in (AnswerType.TEXT_OR_URL, AnswerType.TEXTS_OR_URIS)
    if linkable and isinstance(node, URIRef) and address(str(node)):
        return str(node)
    names = (graph.value(node, term) for term in _NAMES)
    return next((str(name).strip() for name in names if name is not None and str(name).strip()), None)


def _contacts(graph: Graph, node: Node) -> Iterator[str]:
    """Yield the ways to reach somebody; the mailbox of one person is none of ours to publish."""
    values = [str(value) for way in _WAYS for value in graph.objects(node, way)] or [str(node)]
    for value in values:
        contact = normalise_contact(value)
        if contact is not None and not looks_personal(contact):
            yield contact
