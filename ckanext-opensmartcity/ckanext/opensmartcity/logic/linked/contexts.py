"""JSON-LD that explains its own words: a context that stands elsewhere would be loaded from wherever it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rdflib.parser import PythonInputSource

from ...standard.messages import N_
from .errors import UnreadableError, plain

_OUTSIDE = N_(
    "{place} takes its @context from {context}. A context is only read where it stands in the catalogue itself: "
    "put it there, or take the catalogue as Turtle."
)


def json_ld(data: bytes, place: str) -> PythonInputSource:
    """Return JSON-LD as rdflib takes it, parsed once; UnreadableError where a context stands elsewhere."""
    document = json.loads(data)
    if not isinstance(document, (dict, list)):
        raise ValueError("JSON-LD is an object or a list")
    for context in outside(document):
        raise UnreadableError(_OUTSIDE, place=plain(place), context=plain(context))
    return PythonInputSource(document)


def outside(document: Any) -> Iterator[str]:
    """Yield the contexts of a document that stand elsewhere, wherever in it they are named."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield from _addresses(value.get("@context"))
            if "@import" in value:
                yield str(value["@import"])
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _addresses(contexts: Any) -> Iterator[str]:
    waiting = [contexts]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            waiting.extend(value)
