"""Shapes of public terms: answers written in the structure that DPV, DCAT-AP and GeoDCAT-AP prescribe.

They repeat answers that are also stated exactly, for consumers that only know the public vocabularies. `read_answers`
does not read them back from graphs of this extension.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from ...standard import Answer, AnswerType, Field
from ...standard.contacts import contact_link, is_mailbox, is_phone
from ...standard.model import as_list
from .namespaces import DCATAP, DCTERMS, DPV, ELI, FOAF, GEODCAT, LOC, RDF, RDFS, VCARD, XSD, to_uriref

_ASSESSMENT_DONE = "done"
_URI_TYPES = frozenset({AnswerType.URI, AnswerType.URL, AnswerType.URLS})


@dataclass(frozen=True)
class StatementWriter:
    """Writes statements about one record into a graph, from its answers.

    `algorithm_uri` returns the URI of an algorithm of this portal by its name.
    """

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

    def add_described(self, predicate: Node, text: str, type_: Node, label: Node) -> None:
        """Add a statement whose value is a blank node with a type and a text."""
        node = BNode()
        self.add(predicate, node, type_)
        self.graph.add((node, label, Literal(text)))

    def add_storage_condition(self, *types: Node) -> BNode:
        """Add a storage condition of DPV and return its node."""
        node = BNode()
        self.add(DPV.hasStorageCondition, node, *types)
        return node

    def entries(self, field: Field) -> tuple[str, ...]:
        """Return the entries of an answer, an empty tuple if there is no answer."""
        return as_list(self.answers.get(field.name))

    def all_entries(self, fields: tuple[Field, ...]) -> Iterator[tuple[Field, str]]:
        """Yield the entries of several answers."""
        for field in fields:
            for entry in self.entries(field):
                yield field, entry


Shape = Callable[[StatementWriter, URIRef, tuple[Field, ...]], None]


def write_agents(writer: StatementWriter, term: URIRef, fields: tuple[Field, ...], *types: Node) -> None:
    """Write organisations by name, with the identifier as node if there is one."""
    uris = [entry for field, entry in writer.all_entries(fields) if field.type in _URI_TYPES]
    names = [entry for field, entry in writer.all_entries(fields) if field.type not in _URI_TYPES]
    node = to_uriref(uris[0]) if uris else None
    if node is not None and not names:
        writer.add(term, node, FOAF.Agent, *types)
    for name in names:
        agent = node or BNode()
        writer.add(term, agent, FOAF.Agent, *types)
        writer.graph.add((agent, FOAF.name, Literal(name)))


def write_contacts(writer: StatementWriter, term: URIRef, fields: tuple[Field, ...]) -> None:
    """Write contacts as vCards with an email address, phone number or URL."""
    for field, contact in writer.all_entries(fields):
        node, link = BNode(), to_uriref(contact_link(contact))
        writer.add(term, node, VCARD.Kind)
        writer.graph.add((node, VCARD.fn, Literal(field.label)))
        if link is not None:
            way = VCARD.hasEmail if is_mailbox(contact) else VCARD.hasTelephone if is_phone(contact) else VCARD.hasURL
            writer.graph.add((node, way, link))


def write_documents(writer: StatementWriter, term: URIRef, fields: tuple[Field, ...], type_: Node, label: Node) -> None:
    """Write documents by URI, or else by title. Codes are terms already and are skipped."""
    for field, entry in writer.all_entries(fields):
        if field.type.is_coded:
            continue
        node = to_uriref(entry)
        if node is not None:
            writer.add(term, node, type_)
        else:
            writer.add_described(term, entry, type_, label)


def write_texts(writer: StatementWriter, term: URIRef, fields: tuple[Field, ...], type_: Node, label: Node) -> None:
    """Write texts as typed nodes with a label or description."""
    for _, entry in writer.all_entries(fields):
        writer.add_described(term, entry, type_, label)


def write_types(writer: StatementWriter, term: URIRef, fields: tuple[Field, ...], type_: Node) -> None:
    """Write the type of values that are already stated exactly."""
    if any(writer.all_entries(fields)):
        for value in writer.graph.objects(writer.subject, term):
            writer.add_types(value, type_)


def write_storage_countries(writer: StatementWriter, term: URIRef, fields: tuple[Field, ...]) -> None:
    """Write the countries of storage in one storage condition."""
    entries = list(writer.all_entries(fields))
    if entries:
        node = writer.add_storage_condition(term)
        for _, country in entries:
            writer.graph.add((node, DPV.hasCountry, LOC[country]))


def write_provider_country(writer: StatementWriter, term: URIRef, fields: tuple[Field, ...]) -> None:
    """Write the country of the organisation that operates the storage."""
    for _, country in writer.all_entries(fields):
        node = BNode()
        writer.add(DPV.hasDataProcessor, node, DPV.DataProcessor)
        writer.graph.add((node, term, LOC[country]))


def write_period(writer: StatementWriter, term: URIRef, fields: tuple[Field, ...]) -> None:
    """Write a retention period as xsd:duration, not normalized: P18M stays P18M."""
    for _, period in writer.all_entries(fields):
        node = writer.add_storage_condition(DPV.StorageDuration, DPV.TemporalDuration)
        writer.graph.add((node, term, Literal(period, datatype=XSD.duration, normalize=False)))


def write_until_event(writer: StatementWriter, term: URIRef, fields: tuple[Field, ...]) -> None:
    """Write the event until which data are stored."""
    for _, event in writer.all_entries(fields):
        node = writer.add_storage_condition(DPV.StorageDuration, term)
        writer.graph.add((node, DCTERMS.description, Literal(event)))


def write_until_date(writer: StatementWriter, term: URIRef, fields: tuple[Field, ...]) -> None:
    """Write the day until which data are stored."""
    for _, day in writer.all_entries(fields):
        node = writer.add_storage_condition(DPV.StorageDuration, term)
        writer.graph.add((node, DCTERMS.valid, Literal(day, datatype=XSD.date)))


def write_impact_assessment(writer: StatementWriter, term: URIRef, fields: tuple[Field, ...]) -> None:
    """Write that an impact assessment was made, if its text is not linked."""
    is_linked = (writer.subject, DPV.hasImpactAssessment, None) in writer.graph
    if not is_linked and any(entry == _ASSESSMENT_DONE for _, entry in writer.all_entries(fields)):
        writer.add(DPV.hasImpactAssessment, BNode(), term)


def write_logic(writer: StatementWriter, term: URIRef, fields: tuple[Field, ...]) -> None:
    """Write the algorithms that use a dataset, or how an algorithm works."""
    for field, entry in writer.all_entries(fields):
        algorithm = to_uriref(writer.algorithm_uri(entry)) if field.type is AnswerType.ALGORITHMS else None
        if algorithm is not None:
            writer.add(term, algorithm, DPV.AlgorithmicLogic)
        else:
            writer.add_described(term, entry, DPV.AlgorithmicLogic, DCTERMS.description)


SHAPES: Mapping[str, Shape] = {
    str(DCTERMS.rightsHolder): write_agents,
    str(GEODCAT.custodian): write_agents,
    str(DPV.hasResponsibleEntity): write_agents,
    str(DPV.hasDataProcessor): lambda writer, term, fields: write_agents(writer, term, fields, DPV.DataProcessor),
    "http://www.w3.org/ns/dcat#contactPoint": write_contacts,
    str(DCATAP.applicableLegislation): partial(write_documents, type_=ELI.LegalResource, label=DCTERMS.title),
    str(DCTERMS.conformsTo): partial(write_documents, type_=DCTERMS.Standard, label=DCTERMS.title),
    str(DCTERMS.rights): partial(write_texts, type_=DCTERMS.RightsStatement, label=RDFS.label),
    str(DCTERMS.accessRights): partial(write_types, type_=DCTERMS.RightsStatement),
    str(DCTERMS.provenance): partial(write_types, type_=DCTERMS.ProvenanceStatement),
    str(DPV.StorageLocation): write_storage_countries,
    str(DPV.hasCountry): write_provider_country,
    str(DPV.hasPurpose): partial(write_texts, type_=DPV.Purpose, label=DCTERMS.description),
    str(DPV.hasRight): partial(write_texts, type_=DPV.Right, label=DCTERMS.description),
    str(DPV.hasHumanInvolvement): partial(write_texts, type_=DPV.HumanInvolvement, label=DCTERMS.description),
    str(DPV.hasAlgorithmicLogic): write_logic,
    str(DPV.hasLegalBasis): partial(write_documents, type_=DPV.LegalBasis, label=DCTERMS.title),
    str(DPV.DPIA): write_impact_assessment,
    str(DPV.hasImpactAssessment): partial(write_documents, type_=DPV.ImpactAssessment, label=DCTERMS.title),
    str(FOAF.page): partial(write_documents, type_=FOAF.Document, label=DCTERMS.title),
    str(DPV.hasDuration): write_period,
    str(DPV.UntilEventDuration): write_until_event,
    str(DPV.UntilTimeDuration): write_until_date,
}
