"""What the docstring of an action says: what it does, what it takes and what it returns."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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
