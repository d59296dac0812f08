"""Parameters of an action from its docstring and its parameter schema, with their types as JSON Schema."""

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
    """Parameter of an action, with its description and type."""

    name: str
    text: str
    type: str

    @property
    def optional(self) -> bool:
        """Whether the description gives a default or an alternative."""
        return bool(_OPTIONAL.search(self.text))


@dataclass(frozen=True)
class Docstring:
    """Parsed docstring of an action."""

    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    returns: str
    rtype: str


def read_docstring(action: Callable[..., Any]) -> Docstring:
    """Parse the docstring of an action, in which each parameter has `:param` and `:type`."""
    text = inspect.getdoc(action) or ""
    fields = list(_FIELD.finditer(text))
    prose = text[: fields[0].start()] if fields else text
    ends = [field.start() for field in fields[1:]] + [len(text)]
    values = {
        (field["kind"], field["name"]): _one_line(text[field.end() : end])
        for field, end in zip(fields, ends, strict=True)
    }
    summary, _, description = prose.strip().partition("\n\n")
    return Docstring(
        summary=_one_line(summary),
        description=_one_line(description),
        parameters=tuple(
            Parameter(name, text, values.get(("type", name), ""))
            for (kind, name), text in values.items()
            if kind == "param" and name
        ),
        returns=values.get(("returns", None), ""),
        rtype=values.get(("rtype", None), ""),
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


_REQUIRED = {"not_empty", "not_missing"}


def parameters_of(action: Callable[..., Any]) -> Mapping[str, bool] | None:
    """Return the parameters of an action and whether each is required; None if the action declares no schema."""
    declared = declaration_of(action)
    if declared is None or declared.schema is None:
        return None
    checks = cast("Mapping[str, list[Callable[..., Any]]]", declared.schema())
    return {name: bool({each.__name__ for each in validators} & _REQUIRED) for name, validators in checks.items()}


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
    """Type in a docstring that is not supported."""


def schema_of(parameter: Parameter) -> JsonSchema:
    """Return the JSON Schema of a parameter, with the range and the default in its description."""
    schema = type_schema(parameter.type)
    if schema.get("type") == "integer" and (match := _RANGE.search(parameter.text)):
        schema |= {"minimum": int(match[1]), "maximum": int(match[2])}
    if (default := _default(parameter, schema)) is not None:
        schema["default"] = default
    return schema


def type_schema(name: str) -> JsonSchema:
    """Return the JSON Schema of a type, also of a choice such as `string or list of strings`.

    Raise UnknownTypeError for other types.
    """
    choices: list[JsonSchema] = []
    for choice in map(str.strip, name.split(" or ")):
        if choice in _PLAIN:
            choices.append({"type": _PLAIN[choice]})
        elif (match := _LIST.match(choice)) and match[1] in _ITEMS:
            choices.append({"type": "array", "items": {"type": _ITEMS[match[1]]}})
        else:
            raise UnknownTypeError(f"{choice!r} is none of {', '.join(_PLAIN)}, or a list of them")
    return choices[0] if len(choices) == 1 else {"anyOf": choices}


_ITEMS = _PLAIN | {"dictionar": "object", "object": "object"}


def _default(parameter: Parameter, schema: JsonSchema) -> Any:
    match = _DEFAULT.search(parameter.text)
    if match is None:
        return None
    if schema.get("type") == "integer":
        return int(match[1]) if match[1].isdigit() else None
    if schema.get("type") == "boolean":
        return match[1] == "true" if match[1] in ("true", "false") else None
    return match[1] if schema.get("type") == "string" and f"`{match[1]}`" in parameter.text else None
