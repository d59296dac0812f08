"""Guards that are applied to RDF of strangers before rdflib parses it.

- A DOCTYPE in RDF/XML can define entities that make a file of 800 bytes expand to gigabytes ("billion laughs").
- A JSON-LD context at a URL would be fetched by rdflib from any host, and from the file system of the server (SSRF).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from xml.parsers import expat

from . import project_open_data


class _Found(Exception):
    """Ends the scan of an XML document."""


def has_doctype(data: bytes) -> bool:
    """Tell whether an XML document has a DOCTYPE. Reads no further than its first element; malformed XML has none."""
    parser, doctypes = expat.ParserCreate(), list[str]()

    def doctype(name: str, *_: Any) -> None:
        doctypes.append(name)
        raise _Found

    def element(*_: Any) -> None:
        raise _Found

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = element
    with suppress(_Found, expat.ExpatError, ValueError, LookupError):  # the last two: unknown encodings
        parser.Parse(data, True)
    return bool(doctypes)


def read_json_ld(data: bytes) -> Any:
    """Return a JSON-LD document with the well-known contexts embedded. Raise ValueError if it is not one."""
    document = json.loads(data)
    if not isinstance(document, (dict, list)):
        raise ValueError("JSON-LD is an object or a list")
    if isinstance(document, dict) and project_open_data.is_catalogue(document):
        project_open_data.complete(document)
    for holder in _objects(document):
        if "@context" in holder:
            holder["@context"] = project_open_data.embed_context(holder["@context"])
    return document


def remote_contexts(document: Any) -> Iterator[str]:
    """Yield the URLs of contexts that a JSON-LD document does not embed, at any depth."""
    for holder in _objects(document):
        contexts = [holder.get("@context")]
        while contexts:
            context = contexts.pop()
            if isinstance(context, str):
                yield context
            elif isinstance(context, list):
                contexts.extend(context)
        if "@import" in holder:
            yield str(holder["@import"])


def _objects(document: Any) -> Iterator[dict[str, Any]]:
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
