"""What must be done with the data when its time is over, as an ODRL policy."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

from ...standard import RecordType, Standard
from .shapes import Statement
from .terms import DPV, ODRL2, RDF, XSD


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
