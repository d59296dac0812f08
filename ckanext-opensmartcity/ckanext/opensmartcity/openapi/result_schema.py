"""JSON Schemas of results, derived from the return annotations of actions.

A TypedDict becomes a component with its docstring as description and no further keys, a Literal an enumeration. Texts
of a kind are annotated by the aliases of `governance.types`, such as `Day`: their schemas come from `annotated`.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from typing_extensions import NotRequired, Required

from ..standard import Standard
from .parameters import JsonSchema

_PLAIN: Mapping[Any, JsonSchema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    Any: {},
}


def annotated(standard: Standard) -> dict[str, JsonSchema]:
    """Return what the metadata of annotated texts adds to their schemas."""
    names = sorted({name for record in standard.records.values() for name in record.fields})
    return {
        "field": {"enum": names},
        "record type": {"enum": list(standard.records)},
        "day": {"format": "date"},
        "time": {"format": "date-time"},
    }


class ResultSchemas:
    """Schemas of results, and the components to which they refer."""

    def __init__(self, standard: Standard) -> None:
        self.components: dict[str, JsonSchema] = {}
        self._types: dict[str, Any] = {}
        self._annotated = annotated(standard)

    def of_function(self, function: Callable[..., Any]) -> JsonSchema:
        """Return the schema of the result of a function."""
        return self.of(get_type_hints(inspect.unwrap(function), include_extras=True)["return"])

    def of(self, annotation: Any) -> JsonSchema:
        """Return the schema of a type. Raise TypeError for a type that is not supported."""
        if annotation in _PLAIN:
            return dict(_PLAIN[annotation])
        if is_typeddict(annotation):
            return {"$ref": f"#/components/schemas/{self._component(annotation)}"}
        return self._generic(annotation, get_origin(annotation), get_args(annotation))

    def _generic(self, annotation: Any, origin: Any, arguments: tuple[Any, ...]) -> JsonSchema:
        if origin is Annotated:
            return self.of(arguments[0]) | self._annotated[arguments[1]]
        if origin is Literal:
            return {"enum": list(arguments)}
        if origin in (Union, types.UnionType):
            return {"anyOf": [self.of(each) for each in arguments]}
        if origin in (list, Sequence):
            return {"type": "array", "items": self.of(arguments[0])}
        if origin in (dict, Mapping):
            return self._mapping(*arguments)
        raise TypeError(f"a result of the type {annotation!r} cannot be described")

    def extend(self, component: str, typed_dict: Any) -> None:
        """Add the keys of another TypedDict to a component, none of them required."""
        for name, schema in self._properties(typed_dict)[0].items():
            self.components[component]["properties"][name] = schema

    def _mapping(self, keys: Any, values: Any) -> JsonSchema:
        if get_origin(keys) is Literal:
            known = {name: self.of(values) for name in get_args(keys)}
            return {"type": "object", "properties": known, "additionalProperties": False}
        return {"type": "object", "additionalProperties": self.of(values)}

    def _component(self, typed_dict: Any) -> str:
        name = str(typed_dict.__name__).lstrip("_")
        if self._types.setdefault(name, typed_dict) is not typed_dict:
            raise TypeError(f"two types of results are called {name}: {typed_dict.__module__}")
        if name not in self.components:
            # Entered first: a type may contain itself.
            self.components[name] = {}
            properties, required = self._properties(typed_dict)
            self.components[name] |= {
                "type": "object",
                "description": " ".join((inspect.getdoc(typed_dict) or "").split()),
                "properties": properties,
                "required": required,
                "additionalProperties": False,
            }
        return name

    def _properties(self, typed_dict: Any) -> tuple[dict[str, JsonSchema], list[str]]:
        """Return the schemas of the keys of a TypedDict, and the names of those that are required."""
        properties, required = {}, []
        for name, annotation in get_type_hints(typed_dict, include_extras=True).items():
            marked = get_origin(annotation) in (Required, NotRequired)
            properties[name] = self.of(get_args(annotation)[0] if marked else annotation)
            if get_origin(annotation) is Required or (not marked and name in typed_dict.__required_keys__):
                required.append(name)
        return properties, required
