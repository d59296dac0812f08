"""Contact points of vCard as other catalogues write them: with nested values, doubled or decorated addresses."""

from __future__ import annotations

import re
from urllib.parse import unquote

from rdflib import Graph
from rdflib.term import Node

from ...standard.contacts import normalize_contact
from .namespaces import VCARD

_TERMS = (VCARD.hasEmail, VCARD.email, VCARD.hasURL, VCARD.hasTelephone)
_SCHEME = re.compile(r"(?:\s*mailto:)+", re.IGNORECASE)
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,10}")


def contacts_of(graph: Graph, node: Node) -> list[str]:
    """Return the mailboxes, web addresses and phone numbers of a contact point, or of the node itself."""
    values: list[str] = []
    for value in (value for term in _TERMS for value in graph.objects(node, term)):
        # vCard may wrap a value in a node.
        nested = [text for term in (VCARD.hasValue, VCARD.value) for text in graph.objects(value, term)]
        values += map(str, nested or [value])
    return list(dict.fromkeys(contact for text in values or [str(node)] for contact in parse_contacts(text)))


def parse_contacts(text: str) -> list[str]:
    """Return the contacts in the value of a contact property.

    `mailto:` may be missing or doubled and have header fields (RFC 6068); several addresses may stand side by side. In
    a longer text, the only mailbox is taken.
    """
    scheme = _SCHEME.match(text)
    if scheme:
        text = unquote(text[scheme.end() :].partition("?")[0])
    if contact := normalize_contact(text.strip()):
        return [contact]
    parts = [normalize_contact(part.strip().rstrip(".")) for part in re.split(r"[;,]", text)]
    if all(parts):
        return [part for part in parts if part]
    mailboxes = list(dict.fromkeys(match.rstrip(".") for match in _MAILBOX.findall(text)))
    found = [contact for mailbox in mailboxes if (contact := normalize_contact(mailbox))]
    return found if len(found) == 1 else []
