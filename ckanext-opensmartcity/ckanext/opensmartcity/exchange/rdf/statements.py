"""Public terms said in the shape that their vocabularies ask for, so that readers who know only those find them.

What is stated here repeats answers that are also stated exactly; nothing of it is read back from our own records.
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
from .namespaces import DCATAP, DCTERMS, DPV, ELI, FOAF, GEODCAT, LOC, RDF, RDFS, VCARD, XSD, address

_MADE = "done"
_URIS = frozenset({AnswerType.URI, AnswerType.URL, AnswerType.URLS})


@dataclass(frozen=True)
class Statement:
    """A graph, the record it describes, all its answers, and where a system of this portal is found."""

    graph: Graph
    subject: URIRef | BNode
    answers: Mapping[str, Answer]
    system: Callable[[str], str]

    def say(self, predicate: Node, value: Node, *kinds: Node) -> None:
        """State something of the record, and of which kind that is."""
        self.graph.add((self.subject, predicate, value))
        self.kinds(value, *kinds)

    def kinds(self, node: Node, *kinds: Node) -> None:
        """State of which kind a node is."""
        for kind in kinds:
            self.graph.add((node, RDF.type, kind))

    def entries(self, field: Field) -> tuple[str, ...]:
        """Return the entries of an answer, none where there is no answer."""
        return as_list(self.answers.get(field.name))


Shape = Callable[[Statement, URIRef, tuple[Field, ...]], None]


def _each(stating: Statement, fields: tuple[Field, ...]) -> Iterator[tuple[Field, str]]:
    for field in fields:
        for entry in stating.entries(field):
            yield field, entry


def _agents(stating: Statement, term: URIRef, fields: tuple[Field, ...], *kinds: Node) -> None:
    """Organisations by name; where one of them has an identifier, that is the node."""
    uris = [entry for field, entry in _each(stating, fields) if field.type in _URIS]
    names = [entry for field, entry in _each(stating, fields) if field.type not in _URIS]
    node = address(uris[0]) if uris else None
    if node is not None and not names:
        stating.say(term, node, FOAF.Agent, *kinds)
    for name in names:
        agent = node or BNode()
        stating.say(term, agent, FOAF.Agent, *kinds)
        stating.graph.add((agent, FOAF.name, Literal(name)))


def _contacts(stating: Statement, term: URIRef, fields: tuple[Field, ...]) -> None:
    for field, contact in _each(stating, fields):
        node, link = BNode(), address(contact_link(contact))
        stating.say(term, node, VCARD.Kind)
        stating.graph.add((node, VCARD.fn, Literal(field.label)))
        if link is not None:
            way = VCARD.hasEmail if is_mailbox(contact) else VCARD.hasTelephone if is_phone(contact) else VCARD.hasURL
            stating.graph.add((node, way, link))


def _documents(stating: Statement, term: URIRef, fields: tuple[Field, ...], kind: Node, label: Node) -> None:
    """An address as it is, and what is only named by its name; codes are terms already."""
    for field, entry in _each(stating, fields):
        if field.type.is_coded:
            continue
        node = address(entry)
        if node is not None:
            stating.say(term, node, kind)
        else:
            _described(stating, term, entry, kind, label)


def _texts(stating: Statement, term: URIRef, fields: tuple[Field, ...], kind: Node, label: Node) -> None:
    for _, entry in _each(stating, fields):
        _described(stating, term, entry, kind, label)


def _described(stating: Statement, term: URIRef, text: str, kind: Node, label: Node) -> None:
    node = BNode()
    stating.say(term, node, kind)
    stating.graph.add((node, label, Literal(text)))


def _kinds(stating: Statement, term: URIRef, fields: tuple[Field, ...], kind: Node) -> None:
    """Values that are stated exactly already: of which kind they are."""
    if any(_each(stating, fields)):
        for value in stating.graph.objects(stating.subject, term):
            stating.kinds(value, kind)


def _condition(stating: Statement, *kinds: Node) -> BNode:
    node = BNode()
    stating.say(DPV.hasStorageCondition, node, *kinds)
    return node


def _storage_places(stating: Statement, term: URIRef, fields: tuple[Field, ...]) -> None:
    entries = list(_each(stating, fields))
    if entries:
        node = _condition(stating, term)
        for _, country in entries:
            stating.graph.add((node, DPV.hasCountry, LOC[country]))


def _provider(stating: Statement, term: URIRef, fields: tuple[Field, ...]) -> None:
    """The country of the organisation that runs the storage."""
    for _, country in _each(stating, fields):
        node = BNode()
        stating.say(DPV.hasDataProcessor, node, DPV.DataProcessor)
        stating.graph.add((node, term, LOC[country]))


def _period(stating: Statement, term: URIRef, fields: tuple[Field, ...]) -> None:
    for _, period in _each(stating, fields):
        node = _condition(stating, DPV.StorageDuration, DPV.TemporalDuration)
        # As it was written: P18M stays P18M.
        stating.graph.add((node, term, Literal(period, datatype=XSD.duration, normalize=False)))


def _until_event(stating: Statement, term: URIRef, fields: tuple[Field, ...]) -> None:
    for _, event in _each(stating, fields):
        node = _condition(stating, DPV.StorageDuration, term)
        stating.graph.add((node, DCTERMS.description, Literal(event)))


def _until_date(stating: Statement, term: URIRef, fields: tuple[Field, ...]) -> None:
    for _, day in _each(stating, fields):
        node = _condition(stating, DPV.StorageDuration, term)
        stating.graph.add((node, DCTERMS.valid, Literal(day, datatype=XSD.date)))


def _assessment(stating: Statement, term: URIRef, fields: tuple[Field, ...]) -> None:
    """An assessment that was made and whose text is not linked."""
    linked = (stating.subject, DPV.hasImpactAssessment, None) in stating.graph
    if not linked and any(entry == _MADE for _, entry in _each(stating, fields)):
        stating.say(DPV.hasImpactAssessment, BNode(), term)


def _logic(stating: Statement, term: URIRef, fields: tuple[Field, ...]) -> None:
    """Of a dataset the systems that use it, of a system how it works."""
    for field, entry in _each(stating, fields):
        system = address(stating.system(entry)) if field.type is AnswerType.ALGORITHMS else None
        if system is not None:
            stating.say(term, system, DPV.AlgorithmicLogic)
        else:
            _described(stating, term, entry, DPV.AlgorithmicLogic, DCTERMS.description)


SHAPES: Mapping[str, Shape] = {
    str(DCTERMS.rightsHolder): _agents,
    str(GEODCAT.custodian): _agents,
    str(DPV.hasResponsibleEntity): _agents,
    str(DPV.hasDataProcessor): lambda stating, term, fields: _agents(stating, term, fields, DPV.DataProcessor),
    "http://www.w3.org/ns/dcat#contactPoint": _contacts,
    str(DCATAP.applicableLegislation): partial(_documents, kind=ELI.LegalResource, label=DCTERMS.title),
    str(DCTERMS.conformsTo): partial(_documents, kind=DCTERMS.Standard, label=DCTERMS.title),
    str(DCTERMS.rights): partial(_texts, kind=DCTERMS.RightsStatement, label=RDFS.label),
    str(DCTERMS.accessRights): partial(_kinds, kind=DCTERMS.RightsStatement),
    str(DCTERMS.provenance): partial(_kinds, kind=DCTERMS.ProvenanceStatement),
    str(DPV.StorageLocation): _storage_places,
    str(DPV.hasCountry): _provider,
    str(DPV.hasPurpose): partial(_texts, kind=DPV.Purpose, label=DCTERMS.description),
    str(DPV.hasRight): partial(_texts, kind=DPV.Right, label=DCTERMS.description),
    str(DPV.hasHumanInvolvement): partial(_texts, kind=DPV.HumanInvolvement, label=DCTERMS.description),
    str(DPV.hasAlgorithmicLogic): _logic,
    str(DPV.hasLegalBasis): partial(_documents, kind=DPV.LegalBasis, label=DCTERMS.title),
    str(DPV.DPIA): _assessment,
    str(DPV.hasImpactAssessment): partial(_documents, kind=DPV.ImpactAssessment, label=DCTERMS.title),
    str(FOAF.page): partial(_documents, kind=FOAF.Document, label=DCTERMS.title),
    str(DPV.hasDuration): _period,
    str(DPV.UntilEventDuration): _until_event,
    str(DPV.UntilTimeDuration): _until_date,
}
