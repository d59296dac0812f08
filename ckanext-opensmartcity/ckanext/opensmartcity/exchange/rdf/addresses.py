"""Addresses in RDF of other catalogues: relative ones resolved or removed, invalid characters escaped.

A relative address has a meaning only where the catalogue was published. rdflib resolves it against the file that it
reads, so that a path of this server would be stored. Here it is resolved against the address of the catalogue, and
removed with a message where that is not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote, urljoin

from rdflib import BNode, Graph, URIRef
from rdflib.term import Node

from ...standard.contacts import is_mailbox, is_web_address
from .namespaces import DCAT, RDF

# Base of files, whose own address is not known. The top-level domain .invalid never exists (RFC 2606, section 2).
UNKNOWN_BASE = "https://relative.invalid/"

_FORBIDDEN = frozenset('<>" {}|\\^`')


class RelativeAddress(NamedTuple):
    """Address that was removed from the graph, and the statement that it stood in."""

    subject: Node
    predicate: Node
    address: str


def catalogue_address(graph: Graph) -> str | None:
    """Return the web address of the only catalogue that a graph describes, None if there is no such address."""
    addresses = {str(node) for node in graph.subjects(RDF.type, DCAT.Catalog) if isinstance(node, URIRef)}
    known = [address for address in addresses if is_web_address(address) and not address.startswith(UNKNOWN_BASE)]
    return known[0] if len(known) == 1 else None


def has_relative_addresses(graph: Graph) -> bool:
    """Tell whether a graph that was parsed with `UNKNOWN_BASE` has addresses that were resolved against it."""
    return any(str(node).startswith(UNKNOWN_BASE) for node in _addresses(graph))


def mend_addresses(graph: Graph, base: str) -> list[RelativeAddress]:
    """Replace relative and invalid addresses in a graph that was parsed with a base; return those that it lost.

    A relative address that the graph describes is a local label and becomes a blank node. Addresses of files are
    treated as relative ones.
    """
    replaced: dict[Node, Node | None] = {
        node: new for node in _addresses(graph) if (new := _mended(graph, node, base)) != node
    }
    lost = []
    for subject, predicate, object_ in [
        triple for triple in graph if not {triple[0], triple[1], triple[2]}.isdisjoint(replaced)
    ]:
        graph.remove((subject, predicate, object_))
        new = replaced.get(object_, object_)
        if new is None:
            if predicate != RDF.type:
                lost.append(
                    RelativeAddress(
                        replaced.get(subject) or subject, predicate, str(object_).removeprefix(UNKNOWN_BASE)
                    )
                )
        else:
            graph.add((replaced.get(subject) or subject, replaced.get(predicate) or predicate, new))
    return lost


def escape_address(text: str) -> str:
    """Return an address with the characters escaped that an IRI must not contain (RFC 3987, 2.2)."""
    return "".join(
        quote(letter, errors="replace")
        if letter in _FORBIDDEN or letter.isspace() or not letter.isprintable()
        else letter
        for letter in text.strip()
    )


def escape_addresses(graph: Graph, subject: Node) -> None:
    """Escape the addresses in the description of a subject that no serialization could write, in place."""
    for node in list(described_nodes(graph, subject)):
        for predicate, value in list(graph.predicate_objects(node)):
            statement = (node, predicate, value)
            escaped = tuple(
                URIRef(escape_address(str(each))) if isinstance(each, URIRef) else each for each in statement
            )
            if escaped != statement:
                graph.remove(statement)
                graph.add(escaped)  # type: ignore[arg-type]


def _addresses(graph: Graph) -> set[URIRef]:
    return {node for triple in graph for node in triple if isinstance(node, URIRef)}


def _mended(graph: Graph, node: URIRef, base: str) -> Node | None:
    text = str(node)
    last = text.removeprefix(urljoin(base, "."))
    if last != text and is_mailbox(last):
        return URIRef(f"mailto:{last}")
    if text.startswith(UNKNOWN_BASE) or text.lower().startswith("file:"):
        return BNode() if (node, None, None) in graph else None
    return URIRef(escape_address(text))


def described_nodes(graph: Graph, subject: Node) -> Iterator[Node]:
    """Yield a subject and the nodes that describe it, without other datasets and catalogues."""
    waiting, seen = [subject], {subject}
    while waiting:
        node = waiting.pop()
        yield node
        for value in graph.objects(node):
            if value not in seen and not {DCAT.Dataset, DCAT.Catalog} & set(graph.objects(value, RDF.type)):
                seen.add(value)
                waiting.append(value)
