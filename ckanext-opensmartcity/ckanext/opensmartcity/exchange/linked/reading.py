"""The answers of one record out of a graph: ours exactly, those of others from the public terms that they use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from ...standard import DECLARED_FIELD, Answer, Field, Message, Refused, Standard
from ...standard.answers import parse_answer
from ...standard.marking import MARK
from ...standard.messages import N_
from .foreign import foreign_entries
from .plan import Plan, plan_of
from .terms import RDF
from .values import to_entry
from .writing import DATASET, own

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
    except Refused as refused:
        read.refused[question.name] = refused.message
        return
    if answer is not None:
        read.record[question.name] = list(answer) if isinstance(answer, tuple) else answer


def _answer(standard: Standard, question: Field, entries: list[str]) -> Answer | None:
    if question.type.is_list:
        return parse_answer(question, entries, standard)
    if len(set(entries)) > 1:
        raise Refused("OSC-003", _SEVERAL)
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
    version = graph.value(subject, own(standard, MARK))
    if isinstance(version, Literal):
        read.record[MARK] = str(version)
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
