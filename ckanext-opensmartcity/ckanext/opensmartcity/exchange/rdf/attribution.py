"""Whose answers they are: a qualified attribution of PROV, whose role is a term of the standard."""

from __future__ import annotations

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from ...standard import Standard
from ..provenance import Giver
from .namespaces import DCAT, DCTERMS, FOAF, PROV, RDF, address

ROLE = "answers"


def add_giver(graph: Graph, subject: Node, standard: Standard, giver: Giver | Node) -> None:
    """State who gave the answers: by name, or an agent that the graph describes already."""
    # An agent without an address is described anew: rdflib's readable RDF/XML may lose a node that two statements name.
    named = _giver(graph, giver) if isinstance(giver, BNode) else giver
    if named is None:
        return
    node = BNode()
    role = URIRef(f"{standard.namespace}{ROLE}")
    graph.add((subject, PROV.qualifiedAttribution, node))
    graph.add((node, RDF.type, PROV.Attribution))
    graph.add((node, DCAT.hadRole, role))
    graph.add((role, RDF.type, DCAT.Role))
    graph.add((node, PROV.agent, _agent(graph, named) if isinstance(named, Giver) else named))


def _agent(graph: Graph, giver: Giver) -> Node:
    agent = (address(giver.uri) if giver.uri else None) or BNode()
    for kind in (FOAF.Agent, PROV.Agent):
        graph.add((agent, RDF.type, kind))
    graph.add((agent, FOAF.name, Literal(giver.name)))
    return agent


def read_giver(graph: Graph, subject: Node, standard: Standard) -> Giver | None:
    """Return who gave the answers: as stated, else who publishes the record or the catalogue that it is in."""
    role = URIRef(f"{standard.namespace}{ROLE}")
    stated = (
        agent
        for node in graph.objects(subject, PROV.qualifiedAttribution)
        if (node, DCAT.hadRole, role) in graph
        for agent in graph.objects(node, PROV.agent)
    )
    catalogue = graph.value(predicate=DCAT.dataset, object=subject)
    agents = (*stated, graph.value(subject, DCTERMS.publisher), graph.value(catalogue, DCTERMS.publisher), catalogue)
    return next(filter(None, (_giver(graph, agent) for agent in agents if agent is not None)), None)


def _giver(graph: Graph, agent: Node) -> Giver | None:
    if isinstance(agent, Literal):
        return Giver(str(agent).strip()) if str(agent).strip() else None
    name = graph.value(agent, FOAF.name) or graph.value(agent, DCTERMS.title)
    uri = str(agent) if isinstance(agent, URIRef) and address(str(agent)) else None
    return Giver(str(name or uri), uri) if name or uri else None
