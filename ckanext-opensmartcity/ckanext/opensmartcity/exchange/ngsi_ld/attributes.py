"""The kinds of attributes that an NGSI-LD entity has."""

from __future__ import annotations

from typing import Any

Attribute = dict[str, Any]
Entity = dict[str, Any]


def a_property(value: Any) -> Attribute:
    """Return a property with a plain value."""
    return {"type": "Property", "value": value}


def a_date(day: str) -> Attribute:
    """Return a property whose value is a day."""
    return a_property({"@type": "Date", "@value": day})


def a_moment(moment: str) -> Attribute:
    """Return a property whose value is a moment."""
    return a_property({"@type": "DateTime", "@value": moment})


def a_code(codes: Any) -> Attribute:
    """Return a property whose value is a code, or a list of codes, of a vocabulary."""
    return {"type": "VocabProperty", "vocab": codes}


def an_object(value: Any) -> Attribute:
    """Return a property whose value is JSON that nobody is to look into for terms."""
    return {"type": "JsonProperty", "json": value}


def a_relationship(ids: Any) -> Attribute:
    """Return a link to another entity, or to several."""
    return {"type": "Relationship", "object": ids}
