"""The short form of entities, `options=keyValues`: what the JSON Schemas of Smart Data Models describe."""

from __future__ import annotations

from typing import Any

from .attributes import Attribute, Entity

_AS_IT_IS = frozenset({"id", "type", "@context"})


def simplified(entity: Entity) -> Entity:
    """Return an entity with values in the place of attributes."""
    return {name: value if name in _AS_IT_IS else _value(value) for name, value in entity.items()}


def _value(attribute: Attribute) -> Any:
    if attribute["type"] == "VocabProperty":
        return {"vocab": attribute["vocab"]}
    if attribute["type"] == "JsonProperty":
        return {"json": attribute["json"]}
    value = attribute["object"] if attribute["type"] == "Relationship" else attribute["value"]
    return value["@value"] if isinstance(value, dict) else value
