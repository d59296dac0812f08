"""The answers of one record into a graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.container import Seq

from ...standard import Answer, Assessment, Declaration, Field, Reading, Standard
from ...standard.answers import as_list
from ...standard.marking import MARK
from .plan import Plan, plan_of
from .policy import add_policy
from .shapes import SHAPES, Statement
from .terms import RDF, XSD
from .values import to_node

DATASET = "dataset"


@dataclass(frozen=True)
class Described:
    """A record as it is written: as read, as assessed, to which version it was answered, where its systems are."""

    reading: Reading
    assessment: Assessment
    version: str | None
    system: Callable[[str], str]


def add_answers(graph: Graph, subject: URIRef | BNode, standard: Standard, described: Described) -> None:
    """State every answer exactly once, what is declared, how far the answers go, and the public terms in their shape."""
    reading = described.reading
    kind, plan = reading.record_type, plan_of(standard, reading.record_type.type)
    if kind.type != DATASET:
        graph.add((subject, RDF.type, own(standard, kind.type.title())))
    for name, answer in reading.answers.items():
        _add_exact(graph, subject, standard, plan, kind.fields[name], answer)
    for name, declaration in reading.declarations.items():
        _add_declaration(graph, subject, standard, plan.own[name], declaration)
    _add_shapes(Statement(graph, subject, reading.answers, described.system), standard, plan, reading)
    if reading.answers or reading.declarations:
        _add_standing(graph, subject, standard, described)


def own(standard: Standard, name: str) -> URIRef:
    """Return a term of the standard's own namespace."""
    return URIRef(f"{standard.namespace}{name}")


def _add_exact(
    graph: Graph, subject: URIRef | BNode, standard: Standard, plan: Plan, field: Field, answer: Answer
) -> None:
    nodes = [to_node(standard, field, entry) for entry in as_list(answer)]
    predicate = plan.exact[field.name]
    if field.type.is_list and not field.type.is_set and len(nodes) > 1:
        # A numbered container and no RDF list: rdflib's readable RDF/XML loses texts in lists.
        nodes = [Seq(graph, BNode(), nodes).uri]
    if not field.type.is_list:
        # Another profile may have stated an earlier or a poorer value of what has one value only.
        graph.remove((subject, predicate, None))
    for node in nodes:
        graph.add((subject, predicate, node))


def _add_declaration(
    graph: Graph, subject: URIRef | BNode, standard: Standard, question: URIRef, declaration: Declaration
) -> None:
    node = BNode()
    graph.add((subject, own(standard, "declared"), node))
    graph.add((node, RDF.type, own(standard, "Declaration")))
    graph.add((node, own(standard, "question"), question))
    graph.add((node, own(standard, "state"), own(standard, f"declared-{declaration.state}")))
    if declaration.reason:
        graph.add((node, own(standard, "reason"), Literal(declaration.reason)))


def _add_shapes(stating: Statement, standard: Standard, plan: Plan, reading: Reading) -> None:
    for iri, fields in plan.shared.items():
        if any(field.name in reading.answers for field in fields):
            SHAPES[iri](stating, URIRef(iri), fields)
    add_policy(stating, standard, reading.record_type)


def _add_standing(graph: Graph, subject: URIRef | BNode, standard: Standard, described: Described) -> None:
    """State to which version the answers belong, how far they go, and when disposal is due."""
    assessment = described.assessment
    if described.version:
        graph.add((subject, own(standard, MARK), Literal(described.version)))
    graph.add((subject, own(standard, "governance_level"), own(standard, f"level-{assessment.level}")))
    if due := assessment.dates.retention_due:
        graph.add((subject, own(standard, "retention_due"), Literal(due.isoformat(), datatype=XSD.date)))
