"""What catalogues that know nothing of our standard answer all the same, in the public terms that it shares with them.

Only what the term itself says: a publisher is no owner, and a licence no privacy class.
"""
# MERGED The answers of one record out of a graph: ours exactly, those of others from the public terms that they use.

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import SKOS
from rdflib.term import Node

from ...standard import DECLARED_FIELD, Answer, AnswerType, Field, InvalidAnswer, Message, Standard
from ...standard.answers import parse_answer
from ...standard.contacts import looks_personal, normalize_contact
from ...standard.i18n import N_
from ...standard.migration import VERSION_FIELD
from .namespaces import DCAT, DCATAP, DCTERMS, FOAF, GEODCAT, RDF, RDFS, VCARD, address
from .property_mapping import Plan, plan_of, to_entry
from .serializer import DATASET, own

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
        contact = normalize_contact(value)
        if contact is not None and not looks_personal(contact):
            yield contact


_SEVERAL = N_("There are several answers where one is asked for.")

_MEMBER = f"{RDF}_"


@dataclass
class ReadAnswers:
    """The answers as a record stores them, and what was left out with the reason; `ours` tells who wrote the graph."""

    record: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, Message] = field(default_factory=dict)
    ours: bool = False


def kind_of(graph: Graph, subject: Node, standard: Standard) -> str:
    """Return the kind of record that a subject is."""
    kinds = set(graph.objects(subject, RDF.type))
    return next((kind for kind in standard.records if own(standard, kind.title()) in kinds), DATASET)


def read_answers(graph: Graph, subject: Node, standard: Standard) -> ReadAnswers:
    """Return what a graph answers about a record."""
    kind = kind_of(graph, subject, standard)
    plan, read = plan_of(standard, kind), ReadAnswers(ours=_is_ours(graph, subject, standard))
    for question in standard.records[kind].fields.values():
        _take(standard, question, list(_entries(graph, subject, standard, plan, question)), read)
    if not read.ours:
        for name, entries in foreign_entries(graph, subject, plan):
            _take(standard, standard.records[kind].fields[name], entries, read)
    return _with_declarations(graph, subject, standard, plan, read)


def _is_ours(graph: Graph, subject: Node, standard: Standard) -> bool:
    """Tell whether the record is described with the standard's own terms."""
    return any(str(predicate).startswith(standard.namespace) for predicate in graph.predicates(subject))


def _take(standard: Standard, question: Field, entries: list[str], read: ReadAnswers) -> None:
    if not entries or question.name in read.record:
        return
    try:
        answer = _answer(standard, question, entries)
    except InvalidAnswer as refused:
        read.refused[question.name] = refused.message
        return
    if answer is not None:
        read.record[question.name] = list(answer) if isinstance(answer, tuple) else answer


def _answer(standard: Standard, question: Field, entries: list[str]) -> Answer | None:
    if question.type.is_list:
        return parse_answer(question, entries, standard)
    if len(set(entries)) > 1:
        raise InvalidAnswer("OSC-003", _SEVERAL)
    return parse_answer(question, entries[0], standard)


def _entries(graph: Graph, subject: Node, standard: Standard, plan: Plan, question: Field) -> Iterator[str]:
    for value in graph.objects(subject, plan.exact[question.name]):
        for node in _members(graph, value):
            entry = to_entry(standard, question, node)
            if entry is not None:
                yield entry


def _members(graph: Graph, value: Node) -> Iterator[Node]:
    """Yield the members of a numbered container in their order, anything else as it is."""
    if (value, RDF.type, RDF.Seq) not in graph:
        yield value
        return
    numbered = ((str(term).removeprefix(_MEMBER), node) for term, node in graph.predicate_objects(value))
    yield from (node for _, node in sorted((int(place), node) for place, node in numbered if place.isdigit()))


def _with_declarations(graph: Graph, subject: Node, standard: Standard, plan: Plan, read: ReadAnswers) -> ReadAnswers:
    declared = dict(_declarations(graph, subject, standard, plan.own))
    if declared:
        read.record[DECLARED_FIELD] = declared
    version = graph.value(subject, own(standard, VERSION_FIELD))
    if isinstance(version, Literal):
        read.record[VERSION_FIELD] = str(version)
    return read


def _declarations(
    graph: Graph, subject: Node, standard: Standard, terms: Mapping[str, URIRef]
) -> Iterator[tuple[str, dict[str, str]]]:
    names = {term: name for name, term in terms.items()}
    for node in graph.objects(subject, own(standard, "declared")):
        name = names.get(graph.value(node, own(standard, "question")))  # type: ignore[call-overload]
        state = str(graph.value(node, own(standard, "state"))).removeprefix(f"{standard.namespace}declared-")
        reason = graph.value(node, own(standard, "reason"))
        if name and state in ("unknown", "not_applicable"):
            yield name, {"state": state} | ({"reason": str(reason)} if reason else {})
