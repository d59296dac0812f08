"""The types that docstrings name, as JSON Schema."""

from __future__ import annotations

import re
from typing import Any

from .docstring import Parameter

_PLAIN = {
    "string": "string",
    "int": "integer",
    "integer": "integer",
    "bool": "boolean",
    "boolean": "boolean",
    "dict": "object",
    "dictionary": "object",
    "list": "array",
}
_LIST = re.compile(r"list of (\w+?)s?(?:ies)?$")
_RANGE = re.compile(r"\b(\d+) to (\d+)\b")
_DEFAULT = re.compile(r"(?:, |^)`?(\w+)`? by default")

JsonSchema = dict[str, Any]


class UnknownTypeError(ValueError):
    """A docstring names a type that is none of ours."""


def schema_of(parameter: Parameter) -> JsonSchema:
    """Return the JSON Schema of a parameter, with the range and the default that its text tells."""
    schema = type_schema(parameter.type)
    if schema.get("type") == "integer" and (found := _RANGE.search(parameter.text)):
        schema |= {"minimum": int(found[1]), "maximum": int(found[2])}
    if (default := _default(parameter, schema)) is not None:
        schema["default"] = default
    return schema


def type_schema(name: str) -> JsonSchema:
    """Return the JSON Schema of a type, also of a choice such as `string or list of strings`."""
    choices = [_one(each.strip()) for each in name.split(" or ")]
    return choices[0] if len(choices) == 1 else {"anyOf": choices}


def _one(name: str) -> JsonSchema:
    if name in _PLAIN:
        return {"type": _PLAIN[name]}
    if (found := _LIST.match(name)) and found[1] in _ITEMS:
        return {"type": "array", "items": {"type": _ITEMS[found[1]]}}
    raise UnknownTypeError(f"{name!r} is none of {', '.join(_PLAIN)}, or a list of them")


_ITEMS = _PLAIN | {"dictionar": "object", "object": "object"}


def _default(parameter: Parameter, schema: JsonSchema) -> Any:
    found = _DEFAULT.search(parameter.text)
    if found is None:
        return None
    if schema.get("type") == "integer":
        return int(found[1]) if found[1].isdigit() else None
    if schema.get("type") == "boolean":
        return found[1] == "true" if found[1] in ("true", "false") else None
    return found[1] if schema.get("type") == "string" and f"`{found[1]}`" in parameter.text else None
