"""Serialize the answers, declarations and assessment of a record as RDF, with duties of disposal as an ODRL policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from ...standard import Assessment, Declaration, Field, Reading, RecordType, Standard
from ...standard.migration import VERSION_FIELD
from ...standard.roles import FieldRole
from .namespaces import ODRL2, RDF, XSD
from .property_mapping import PropertyPlan, property_plan, to_node
from .statements import StatementWriter, to_value, write_term

DATASET = "dataset"
# ODRL operands of the constraints of a duty, by the role of the field that limits the time of keeping.
_LIMITS = {FieldRole.RETENTION_PERIOD: ODRL2.elapsedTime, FieldRole.RETENTION_UNTIL: ODRL2.dateTime}


@dataclass(frozen=True)
class RecordDescription:
    """Record to serialize: its answers, its assessment, the version of the standard that it answers.

    `algorithm_uri` returns the URI of an algorithm of this portal by its name.
    """

    reading: Reading
    assessment: Assessment
    version: str | None
    algorithm_uri: Callable[[str], str]


def add_answers(graph: Graph, subject: URIRef | BNode, standard: Standard, described: RecordDescription) -> None:
    """Add each answer under its exact property and in the shape of its public term; declarations; the assessment."""
    reading, assessment = described.reading, described.assessment
    kind, plan = reading.record_type, property_plan(standard, reading.record_type.type)
    writer = StatementWriter(standard, graph, subject, reading.answers, described.algorithm_uri)
    if kind.type != DATASET:
        graph.add((subject, RDF.type, own_term(standard, kind.type.title())))
    for name in reading.answers:
        _add_exact(writer, standard, plan, kind.fields[name])
    for name, declaration in reading.declarations.items():
        _add_declaration(writer, standard, plan.own_terms[name], declaration)
    for iri, fields in plan.shared.items():
        if any(field.name in reading.answers for field in fields):
            write_term(writer, standard.linked_data.terms[iri], fields)
    add_retention_policy(writer, standard, kind)
    if not (reading.answers or reading.declarations):
        return
    if described.version:
        writer.add(own_term(standard, VERSION_FIELD), Literal(described.version))
    writer.add(own_term(standard, "level"), own_term(standard, f"level-{assessment.level}"))
    if due := assessment.dates.retention_due:
        writer.add(own_term(standard, "retention_due"), Literal(due.isoformat(), datatype=XSD.date))


def own_term(standard: Standard, name: str) -> URIRef:
    """Return a term of the standard's own namespace."""
    return URIRef(f"{standard.namespace}{name}")


def _add_exact(writer: StatementWriter, standard: Standard, plan: PropertyPlan, field: Field) -> None:
    graph, predicate = writer.graph, plan.exact[field.name]
    nodes = [to_node(standard, field, entry) for entry in writer.entries(field)]
    if not field.type.is_list:
        # Another profile may have written an outdated or less precise value.
        graph.remove((writer.subject, predicate, None))
    elif len(nodes) > 1 and not field.type.is_set:
        # An ordered list is an rdf:Seq, because rdflib's pretty-xml loses literals in an RDF list.
        container = BNode()
        graph.add((container, RDF.type, RDF.Seq))
        for number, node in enumerate(nodes, 1):
            graph.add((container, URIRef(f"{RDF}_{number}"), node))
        nodes = [container]
    for node in nodes:
        writer.add(predicate, node)


def _add_declaration(writer: StatementWriter, standard: Standard, question: URIRef, declaration: Declaration) -> None:
    node = BNode()
    writer.add(own_term(standard, "declared"), node, own_term(standard, "Declaration"))
    writer.graph.add((node, own_term(standard, "question"), question))
    writer.graph.add((node, own_term(standard, "state"), own_term(standard, f"declared-{declaration.state}")))
    if declaration.reason:
        writer.graph.add((node, own_term(standard, "reason"), Literal(declaration.reason)))


def add_retention_policy(writer: StatementWriter, standard: Standard, kind: RecordType) -> None:
    """Add an ODRL policy with a duty for each answer that is an ODRL action, and the time when it falls due."""
    codes = (
        standard.vocabulary_of(field).codes[entry].iri
        for field in kind.fields.values()
        if field.type.is_coded
        for entry in writer.entries(field)
    )
    actions = [URIRef(iri) for iri in codes if iri.startswith(str(ODRL2))]
    if not actions:
        return
    graph = writer.graph
    policy = URIRef(f"{writer.subject}#policy") if isinstance(writer.subject, URIRef) else BNode()
    writer.add(ODRL2.hasPolicy, policy, ODRL2.Set)
    graph.add((policy, ODRL2.target, writer.subject))
    for action in actions:
        duty = BNode()
        graph.add((policy, ODRL2.obligation, duty))
        graph.add((duty, RDF.type, ODRL2.Duty))
        graph.add((duty, ODRL2.action, action))
        for operand, limit in _retention_limits(writer, kind):
            constraint = BNode()
            graph.add((duty, ODRL2.constraint, constraint))
            graph.add((constraint, RDF.type, ODRL2.Constraint))
            graph.add((constraint, ODRL2.leftOperand, operand))
            graph.add((constraint, ODRL2.operator, ODRL2.gteq))
            graph.add((constraint, ODRL2.rightOperand, limit))


def _retention_limits(writer: StatementWriter, kind: RecordType) -> Iterator[tuple[Node, Node]]:
    for role, operand in _LIMITS.items():
        for entry in writer.entries(kind.roles[role]) if role in kind.roles else ():
            yield operand, to_value(kind.roles[role], entry)
