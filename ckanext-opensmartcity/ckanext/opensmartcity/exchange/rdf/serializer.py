"""What must be done with the data when its time is over, as an ODRL policy."""
# MERGED The answers of one record into a graph.

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from ...standard import Assessment, Declaration, Field, Reading, RecordType, Standard
from ...standard.migration import VERSION_FIELD
from .namespaces import DPV, ODRL2, RDF, XSD
from .property_mapping import Plan, plan_of, to_node
from .statements import SHAPES, Statement


def add_policy(stating: Statement, standard: Standard, kind: RecordType) -> None:
    """State each duty that is answered with an action of ODRL, and when it falls due where that is known."""
    actions = list(_actions(stating, standard, kind))
    if not actions:
        return
    policy = URIRef(f"{stating.subject}#policy") if isinstance(stating.subject, URIRef) else BNode()
    stating.say(ODRL2.hasPolicy, policy, ODRL2.Set)
    stating.graph.add((policy, ODRL2.target, stating.subject))
    for action in actions:
        duty = BNode()
        stating.graph.add((policy, ODRL2.obligation, duty))
        stating.graph.add((duty, RDF.type, ODRL2.Duty))
        stating.graph.add((duty, ODRL2.action, action))
        _add_constraints(stating, duty, kind)


def _actions(stating: Statement, standard: Standard, kind: RecordType) -> Iterator[URIRef]:
    for field in kind.fields.values():
        for entry in stating.entries(field) if field.type.is_coded else ():
            iri = standard.vocabulary_of(field).codes[entry].iri
            if iri.startswith(str(ODRL2)):
                yield URIRef(iri)


def _add_constraints(stating: Statement, duty: BNode, kind: RecordType) -> None:
    for operand, limit in _limits(stating, kind):
        constraint = BNode()
        stating.graph.add((duty, ODRL2.constraint, constraint))
        stating.graph.add((constraint, RDF.type, ODRL2.Constraint))
        stating.graph.add((constraint, ODRL2.leftOperand, operand))
        stating.graph.add((constraint, ODRL2.operator, ODRL2.gteq))
        stating.graph.add((constraint, ODRL2.rightOperand, limit))


def _limits(stating: Statement, kind: RecordType) -> Iterator[tuple[Node, Literal]]:
    for field in kind.fields.values():
        for entry in stating.entries(field):
            if field.iri == str(DPV.hasDuration):
                yield ODRL2.elapsedTime, Literal(entry, datatype=XSD.duration, normalize=False)
            elif field.iri == str(DPV.UntilTimeDuration):
                yield ODRL2.dateTime, Literal(entry, datatype=XSD.date)


DATASET = "dataset"


@dataclass(frozen=True)
class Described:
    """A record as it is written: as read, as assessed, to which version it was answered, where its systems are."""

    reading: Reading
    assessment: Assessment
    version: str | None
    system: Callable[[str], str]


def add_answers(graph: Graph, subject: URIRef | BNode, standard: Standard, described: Described) -> None:
    """State each answer exactly once, what is declared, how far the answers go, and the public terms in their shape."""
    reading = described.reading
    kind, plan = reading.record_type, plan_of(standard, reading.record_type.type)
    stating = Statement(graph, subject, reading.answers, described.system)
    if kind.type != DATASET:
        graph.add((subject, RDF.type, own(standard, kind.type.title())))
    for name in reading.answers:
        _add_exact(stating, standard, plan, kind.fields[name])
    for name, declaration in reading.declarations.items():
        _add_declaration(stating, standard, plan.own[name], declaration)
    _add_shapes(stating, plan)
    add_policy(stating, standard, kind)
    if reading.answers or reading.declarations:
        _add_standing(stating, standard, described)


def own(standard: Standard, name: str) -> URIRef:
    """Return a term of the standard's own namespace."""
    return URIRef(f"{standard.namespace}{name}")


def _add_exact(stating: Statement, standard: Standard, plan: Plan, field: Field) -> None:
    nodes = [to_node(standard, field, entry) for entry in stating.entries(field)]
    predicate, is_ordered = plan.exact[field.name], field.type.is_list and not field.type.is_set
    if not field.type.is_list:
        # Another profile may have stated an earlier or a poorer value of what has one value only.
        stating.graph.remove((stating.subject, predicate, None))
    for node in [_in_order(stating.graph, nodes)] if is_ordered and len(nodes) > 1 else nodes:
        stating.say(predicate, node)


def _in_order(graph: Graph, nodes: list[Node]) -> Node:
    """Return a numbered container and no RDF list: rdflib's readable RDF/XML loses texts in lists."""
    container = BNode()
    graph.add((container, RDF.type, RDF.Seq))
    for place, node in enumerate(nodes, 1):
        graph.add((container, URIRef(f"{RDF}_{place}"), node))
    return container


def _add_declaration(stating: Statement, standard: Standard, question: URIRef, declaration: Declaration) -> None:
    node = BNode()
    stating.say(own(standard, "declared"), node, own(standard, "Declaration"))
    stating.graph.add((node, own(standard, "question"), question))
    stating.graph.add((node, own(standard, "state"), own(standard, f"declared-{declaration.state}")))
    if declaration.reason:
        stating.graph.add((node, own(standard, "reason"), Literal(declaration.reason)))


def _add_shapes(stating: Statement, plan: Plan) -> None:
    for iri, fields in plan.shared.items():
        if any(field.name in stating.answers for field in fields):
            SHAPES[iri](stating, URIRef(iri), fields)


def _add_standing(stating: Statement, standard: Standard, described: Described) -> None:
    """State to which version the answers belong, how far they go, and when disposal is due."""
    assessment = described.assessment
    if described.version:
        stating.say(own(standard, VERSION_FIELD), Literal(described.version))
    stating.say(own(standard, "level"), own(standard, f"level-{assessment.level}"))
    if due := assessment.dates.retention_due:
        stating.say(own(standard, "retention_due"), Literal(due.isoformat(), datatype=XSD.date))
