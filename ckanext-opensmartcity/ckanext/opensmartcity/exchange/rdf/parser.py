"""Parse governance answers from RDF: from our own exact terms, else from the public terms of other catalogues.

From a public term only its own meaning is taken: a publisher is not an owner, a licence not a privacy class.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import SKOS
from rdflib.term import Node

from ...standard import DECLARED_FIELD, AnswerType, Field, InvalidAnswer, Message, Standard
from ...standard.answers import parse_answer
from ...standard.contacts import looks_personal
from ...standard.i18n import N_
from ...standard.migration import VERSION_FIELD
from ...standard.roles import RuleRole
from .contact_points import contacts_of
from .namespaces import DCTERMS, FOAF, RDF, RDFS, to_uriref
from .property_mapping import PropertyPlan, property_plan, to_entry
from .serializer import DATASET, own_term

_NAME_TERMS = (FOAF.name, DCTERMS.title, RDFS.label, SKOS.prefLabel)
_URI_TYPES = frozenset({AnswerType.URI, AnswerType.URL, AnswerType.URLS})
_SEVERAL = N_("There are several answers where one is asked for.")
_MEMBER = f"{RDF}_"


@dataclass
class ParsedAnswers:
    """Answers in the form in which a record stores them, and by field the message for each value that was refused.

    `ours` tells whether the graph uses the standard's own terms.
    """

    record: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, Message] = field(default_factory=dict)
    ours: bool = False


def record_type_of(graph: Graph, subject: Node, standard: Standard) -> str:
    """Return the record type of a subject, `dataset` if its class is unknown."""
    classes = set(graph.objects(subject, RDF.type))
    return next((kind for kind in standard.records if own_term(standard, kind.title()) in classes), DATASET)


def read_answers(graph: Graph, subject: Node, standard: Standard) -> ParsedAnswers:
    """Return the answers and declarations that a graph contains about a record."""
    kind = record_type_of(graph, subject, standard)
    fields, plan = standard.records[kind].fields, property_plan(standard, kind)
    is_ours = any(str(predicate).startswith(standard.namespace) for predicate in graph.predicates(subject))
    parsed = ParsedAnswers(ours=is_ours)
    for question in fields.values():
        values = graph.objects(subject, plan.exact[question.name])
        entries = (to_entry(standard, question, node) for value in values for node in _members(graph, value))
        _add_answer(standard, question, [entry for entry in entries if entry is not None], parsed)
    if not parsed.ours:
        for name, public_entries in public_term_entries(graph, subject, standard, plan):
            _add_answer(standard, fields[name], public_entries, parsed)
    if declared := dict(_declarations(graph, subject, standard, plan.own_terms)):
        parsed.record[DECLARED_FIELD] = declared
    version = graph.value(subject, own_term(standard, VERSION_FIELD))
    if isinstance(version, Literal):
        parsed.record[VERSION_FIELD] = str(version)
    return parsed


def public_term_entries(
    graph: Graph, subject: Node, standard: Standard, plan: PropertyPlan
) -> Iterator[tuple[str, list[str]]]:
    """Yield the fields that public terms answer, with their entries.

    Of the fields that share a term, one takes the names and one the identifiers: a law that permits a dataset need not
    permit its use.
    """
    read = [
        (term.iri, predicate)
        for term in standard.linked_data.terms.values()
        for predicate in ((term.iri,) if term.is_read else ()) + term.read_from
    ]
    for iri, predicate in read:
        nodes = sorted(graph.objects(subject, URIRef(predicate)), key=str)
        targets: dict[bool, Field] = {}
        for question in plan.shared.get(iri, ()):
            targets.setdefault(question.type in _URI_TYPES, question)
        for question in targets.values():
            entries = [entry for node in nodes if (entry := _public_entry(graph, node, question))]
            if entries:
                yield question.name, entries if question.type.is_list else entries[:1]


def _public_entry(graph: Graph, node: Node, question: Field) -> str | None:
    uri = str(node) if isinstance(node, URIRef) and to_uriref(str(node)) else None
    if question.type is AnswerType.CONTACT:
        return _contact(graph, node)
    if question.type in _URI_TYPES:
        return uri
    if isinstance(node, Literal):
        return str(node).strip() or None
    if uri and question.type in (AnswerType.TEXT_OR_URL, AnswerType.TEXTS_OR_URIS):
        return uri
    names = (name for term in _NAME_TERMS for name in graph.objects(node, term) if isinstance(name, Literal))
    return next((text for name in names if (text := str(name).strip())), None)


def _contact(graph: Graph, node: Node) -> str | None:
    """Return the first contact that is not the mailbox of a person, which must not be republished."""
    return next((contact for contact in contacts_of(graph, node) if not looks_personal(contact)), None)


def _add_answer(standard: Standard, question: Field, entries: list[str], parsed: ParsedAnswers) -> None:
    if not entries or question.name in parsed.record:
        return
    try:
        if not question.type.is_list and len(set(entries)) > 1:
            raise InvalidAnswer(RuleRole.WRONG_KIND, _SEVERAL)
        answer = parse_answer(question, entries if question.type.is_list else entries[0], standard)
    except InvalidAnswer as refused:
        parsed.refused[question.name] = refused.message
        return
    if answer is not None:
        parsed.record[question.name] = list(answer) if isinstance(answer, tuple) else answer


def _members(graph: Graph, value: Node) -> Iterator[Node]:
    """Yield the members of an rdf:Seq in order, or the value itself if it is not one."""
    if (value, RDF.type, RDF.Seq) not in graph:
        yield value
        return
    numbered = ((str(term).removeprefix(_MEMBER), node) for term, node in graph.predicate_objects(value))
    yield from (node for _, node in sorted((int(number), node) for number, node in numbered if number.isdigit()))


def _declarations(
    graph: Graph, subject: Node, standard: Standard, terms: Mapping[str, URIRef]
) -> Iterator[tuple[str, dict[str, str]]]:
    names = {term: name for name, term in terms.items()}
    for node in graph.objects(subject, own_term(standard, "declared")):
        name = names.get(graph.value(node, own_term(standard, "question")))  # type: ignore[call-overload]
        state = str(graph.value(node, own_term(standard, "state"))).removeprefix(f"{standard.namespace}declared-")
        reason = graph.value(node, own_term(standard, "reason"))
        if name and state in ("unknown", "not_applicable"):
            yield name, {"state": state} | ({"reason": str(reason)} if reason else {})
