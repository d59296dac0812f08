"""Provenance of answers in RDF: a `prov:qualifiedAttribution` whose role is a term of the standard."""

from __future__ import annotations

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from ...standard import Standard
from ..provenance import Provenance
from .namespaces import DCAT, DCTERMS, FOAF, PROV, RDF, to_uriref

ROLE = "answers"


def add_provenance(graph: Graph, subject: Node, standard: Standard, source: Provenance | Node) -> None:
    """Add who gave the answers: an organisation by name and URI, or an agent that the graph already describes."""
    # A blank agent is described again: rdflib's pretty-xml may lose a node that two statements refer to.
    agent = _parse_agent(graph, source) if isinstance(source, BNode) else source
    if agent is None:
        return
    if isinstance(agent, Provenance):
        provenance, agent = agent, (to_uriref(agent.uri) if agent.uri else None) or BNode()
        graph.add((agent, RDF.type, FOAF.Agent))
        graph.add((agent, RDF.type, PROV.Agent))
        graph.add((agent, FOAF.name, Literal(provenance.name)))
    attribution, role = BNode(), URIRef(f"{standard.namespace}{ROLE}")
    graph.add((subject, PROV.qualifiedAttribution, attribution))
    graph.add((attribution, RDF.type, PROV.Attribution))
    graph.add((attribution, DCAT.hadRole, role))
    graph.add((role, RDF.type, DCAT.Role))
    graph.add((attribution, PROV.agent, agent))


def read_provenance(graph: Graph, subject: Node, standard: Standard) -> Provenance | None:
    """Return who gave the answers: the attributed agent, or else the publisher of the record or of its catalogue."""
    role = URIRef(f"{standard.namespace}{ROLE}")
    attributed = (
        agent
        for attribution in graph.objects(subject, PROV.qualifiedAttribution)
        if (attribution, DCAT.hadRole, role) in graph
        for agent in graph.objects(attribution, PROV.agent)
    )
    catalogue = graph.value(predicate=DCAT.dataset, object=subject)
    publishers = (graph.value(subject, DCTERMS.publisher), graph.value(catalogue, DCTERMS.publisher))
    agents = (*attributed, *publishers, catalogue)
    return next(filter(None, (_parse_agent(graph, agent) for agent in agents if agent is not None)), None)


def _parse_agent(graph: Graph, agent: Node) -> Provenance | None:
    if isinstance(agent, Literal):
        return Provenance(str(agent).strip()) if str(agent).strip() else None
    name = graph.value(agent, FOAF.name) or graph.value(agent, DCTERMS.title)
    uri = str(agent) if isinstance(agent, URIRef) and to_uriref(str(agent)) else None
    return Provenance(str(name or uri), uri) if name or uri else None
