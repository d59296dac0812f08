"""Shapes of public terms: answers written in the structure that DPV, DCAT-AP and GeoDCAT-AP prescribe.

`linked_data.yaml` names the shape of each term. The statements repeat answers that are also stated exactly, for
consumers that only know the public vocabularies. `read_answers` does not read them back from graphs of this extension.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from ...standard import Answer, AnswerType, Field, Standard
from ...standard.contacts import contact_link, is_mailbox, is_phone
from ...standard.linked_data import PublicTerm, Shape
from ...standard.model import as_list
from .namespaces import FOAF, LOC, RDF, VCARD, XSD, to_uriref

PLACE_TYPES = frozenset({AnswerType.COUNTRY, AnswerType.COUNTRIES, AnswerType.JURISDICTIONS})
_URI_TYPES = frozenset({AnswerType.URI, AnswerType.URL, AnswerType.URLS})


@dataclass(frozen=True)
class StatementWriter:
    """Writes statements about one record into a graph, from its answers.

    `algorithm_uri` returns the URI of an algorithm of this portal by its name.
    """

    standard: Standard
    graph: Graph
    subject: URIRef | BNode
    answers: Mapping[str, Answer]
    algorithm_uri: Callable[[str], str]

    def add(self, predicate: Node, value: Node, *types: Node) -> None:
        """Add a statement about the record, and the types of its value."""
        self.graph.add((self.subject, predicate, value))
        self.add_types(value, *types)

    def add_types(self, node: Node, *types: Node) -> None:
        """Add rdf:type statements about a node."""
        for each in types:
            self.graph.add((node, RDF.type, each))

    def entries(self, field: Field) -> tuple[str, ...]:
        """Return the entries of an answer, an empty tuple if there is no answer."""
        return as_list(self.answers.get(field.name))

    def all_entries(self, fields: tuple[Field, ...]) -> Iterator[tuple[Field, str]]:
        """Yield the entries of several answers."""
        for field in fields:
            for entry in self.entries(field):
                yield field, entry


def write_term(writer: StatementWriter, term: PublicTerm, fields: tuple[Field, ...]) -> None:
    """Write the answers to the fields of a public term in its shape."""
    _WRITERS[term.shape](writer, term, fields)


def _write_agents(writer: StatementWriter, term: PublicTerm, fields: tuple[Field, ...]) -> None:
    """Write organisations by name, with the identifier as node if there is one."""
    predicate, types = URIRef(term.predicate), (FOAF.Agent, *map(URIRef, term.types))
    uris = [entry for field, entry in writer.all_entries(fields) if field.type in _URI_TYPES]
    names = [entry for field, entry in writer.all_entries(fields) if field.type not in _URI_TYPES]
    node = to_uriref(uris[0]) if uris else None
    if node is not None and not names:
        writer.add(predicate, node, *types)
    for name in names:
        agent = node or BNode()
        writer.add(predicate, agent, *types)
        writer.graph.add((agent, FOAF.name, Literal(name)))


def _write_contacts(writer: StatementWriter, term: PublicTerm, fields: tuple[Field, ...]) -> None:
    """Write contacts as vCards with an email address, phone number or URL."""
    for field, contact in writer.all_entries(fields):
        node, link = BNode(), to_uriref(contact_link(contact))
        writer.add(URIRef(term.predicate), node, VCARD.Kind, *map(URIRef, term.types))
        writer.graph.add((node, VCARD.fn, Literal(field.label)))
        if link is not None:
            way = VCARD.hasEmail if is_mailbox(contact) else VCARD.hasTelephone if is_phone(contact) else VCARD.hasURL
            writer.graph.add((node, way, link))


def _write_documents(writer: StatementWriter, term: PublicTerm, fields: tuple[Field, ...]) -> None:
    """Write documents by URI, or else by title. Codes are terms already and are skipped."""
    for field, entry in writer.all_entries(fields):
        if not field.type.is_coded:
            _write_node(writer, term, to_uriref(entry), Literal(entry))


def _write_nodes(writer: StatementWriter, term: PublicTerm, fields: tuple[Field, ...]) -> None:
    """Write answers as nodes of their own, or of one node; algorithms of this portal by their URI."""
    joined = BNode() if term.is_joined else None
    for field, entry in writer.all_entries(fields):
        algorithm = to_uriref(writer.algorithm_uri(entry)) if field.type is AnswerType.ALGORITHMS else None
        _write_node(writer, term, algorithm, to_value(field, entry), joined)


def _write_node(
    writer: StatementWriter, term: PublicTerm, uri: URIRef | None, value: Node, blank: BNode | None = None
) -> None:
    """Write a node that is named by a URI, or else a blank one with the value."""
    node = uri if uri is not None else blank if blank is not None else BNode()
    writer.add(URIRef(term.predicate), node, *map(URIRef, term.types))
    if uri is None:
        writer.graph.add((node, URIRef(term.value), value))


def to_value(field: Field, entry: str) -> Node:
    """Return the value of an entry. Durations are not normalized: P18M stays P18M."""
    if field.type in PLACE_TYPES:
        return LOC[entry]
    if field.type is AnswerType.DURATION:
        return Literal(entry, datatype=XSD.duration, normalize=False)
    return Literal(entry, datatype=XSD.date if field.type is AnswerType.DATE else None)


def _write_types(writer: StatementWriter, term: PublicTerm, fields: tuple[Field, ...]) -> None:
    """Write the types of values that are already stated exactly."""
    if any(writer.all_entries(fields)):
        for value in writer.graph.objects(writer.subject, URIRef(term.predicate)):
            writer.add_types(value, *map(URIRef, term.types))


def _write_existing(writer: StatementWriter, term: PublicTerm, fields: tuple[Field, ...]) -> None:
    """Write that something exists, by the trait of a code, if the record does not link it."""
    is_linked = (writer.subject, URIRef(term.predicate), None) in writer.graph
    codes = [(field, entry) for field, entry in writer.all_entries(fields) if field.type.is_coded]
    if not is_linked and any(writer.standard.has_trait(field, code, term.trait) for field, code in codes):
        writer.add(URIRef(term.predicate), BNode(), *map(URIRef, term.types))


_WRITERS: Mapping[Shape, Callable[[StatementWriter, PublicTerm, tuple[Field, ...]], None]] = {
    "agent": _write_agents,
    "contact": _write_contacts,
    "document": _write_documents,
    "node": _write_nodes,
    "existing": _write_existing,
    "value": _write_types,
}
