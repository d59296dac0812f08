"""The portal as an entity of type Catalogue."""

from __future__ import annotations

from .attributes import Entity, a_property
from .portal import Portal


def catalogue(portal: Portal) -> Entity:
    """Return the catalogue.

    It does not list its datasets: each names it in `belongsToCatalogue`, and the core context takes the word `dataset`
    for something else.
    """
    return {
        "id": portal.urn,
        "type": "Catalogue",
        "title": a_property([portal.title]),
        "description": a_property([portal.description or portal.title]),
        "publisher": a_property(portal.title),
        "homepage": a_property(portal.home),
        "@context": portal.contexts,
    }
