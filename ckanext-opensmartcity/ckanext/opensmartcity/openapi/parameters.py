"""What the docstring of an action says: what it does, what it takes and what it returns."""
# MERGED What the schemas of actions ask for, by which their parameters are checked.
# MERGED The types that docstrings name, as JSON Schema.

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from ..feature import declaration_of

_FIELD = re.compile(r"^:(?P<kind>param|type|returns|rtype)(?: (?P<name>\w+))?:\s*", re.MULTILINE)
_OPTIONAL = re.compile(r"\(optional\)|by default|\bwithout\b|instead of")


@dataclass(frozen=True)
class Parameter:
    """One thing that an action takes."""

    name: str
    text: str
    type: str

    @property
    def optional(self) -> bool:
        """Tell whether the text says what happens without it."""
        return bool(_OPTIONAL.search(self.text))


@dataclass(frozen=True)
class Told:
    """What an action says of itself."""

    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    returns: str
    rtype: str


def read_docstring(action: Callable[..., Any]) -> Told:
    """Read the docstring of an action, in which each parameter has `:param` and `:type`."""
    text = inspect.getdoc(action) or ""
    fields = list(_FIELD.finditer(text))
    prose = text[: fields[0].start()] if fields else text
    ends = [field.start() for field in fields[1:]] + [len(text)]
    said = {
        (field["kind"], field["name"]): _one_line(text[field.end() : end])
        for field, end in zip(fields, ends, strict=True)
    }
    summary, _, description = prose.strip().partition("\n\n")
    return Told(
        summary=_one_line(summary),
        description=_one_line(description),
        parameters=tuple(
            Parameter(name, text, said.get(("type", name), ""))
            for (kind, name), text in said.items()
            if kind == "param" and name
        ),
        returns=said.get(("returns", None), ""),
        rtype=said.get(("rtype", None), ""),
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


_NEEDED = {"not_empty", "not_missing"}


def taken(action: Callable[..., Any]) -> Mapping[str, bool] | None:
    """Return the parameters of an action, and whether each must be given; None where it checks them itself."""
    declared = declaration_of(action)
    if declared is None or declared.schema is None:
        return None
    checks = cast("Mapping[str, list[Callable[..., Any]]]", declared.schema())
    return {name: bool({each.__name__ for each in validators} & _NEEDED) for name, validators in checks.items()}


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
