"""Flatten DTPR data chains to fields named `category.element.variable`, and put changed fields back into a chain.

DTPR (Digital Trust for Places and Routines) describes a system as a chain of elements with variables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

Categories = Mapping[str, tuple[str, ...]]

AUTONOMY = "functional_modes.autonomy"
_LOCALIZED = ("title", "description")
_STRONGEST_FIRST = ("autonomous", "human_executes", "human_decides")
_NEW_ELEMENT = {"accountable.deployer": "institution", "accountable.vendor": "organization"}
_NEW_MODE = "analytical_mode"
_CONTEXTS = {"accountable.deployer": "deployer", "accountable.vendor": "vendor"}
_OWN_KEYS = ("element_id", "context_type_id", "variables")


class Fields(dict[str, Any]):
    """Values by field name; repeated names get a number, as in `purpose.inform#2`."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: Counter[str] = Counter()

    def free(self, name: str) -> str:
        """Return the name, or the name with the next free number if it is taken."""
        number = self._seen[name] + 1
        free = name if number == 1 else f"{name}#{number}"
        while free in self:
            number += 1
            free = f"{name}#{number}"
        self._seen[name] = number
        return free

    def add(self, name: str, value: Any) -> None:
        """Add a value under a free name."""
        self[self.free(name)] = value

    def add_element(self, path: str, element: dict[str, Any], strongest: str | None) -> None:
        """Add the values of an element; `strongest` is the context of autonomy that the chain has as a field."""
        before = len(self)
        context = element.get("context_type_id")
        implied = strongest if path.startswith("functional_modes.") else _CONTEXTS.get(path.partition("#")[0])
        if context is not None and context != implied:
            self.add(f"{path}.context", context)
        for index, variable in enumerate(_list(element.get("variables"))):
            name = variable.get("id") if isinstance(variable, dict) else None
            if isinstance(name, str) and set(variable) <= {"id", "value"} and "." not in name:
                _add_text(self, f"{path}.{name}", variable.get("value"))
            else:
                self.add(f"{path}.variables[{index}]", variable)
        for key, value in element.items():
            if key not in _OWN_KEYS or (key == "variables" and not isinstance(value, list)):
                self.add(f"{path}.[{key}]", value)
        if len(self) == before:
            self[path] = element.get("element_id")


def chain_fields(record: Mapping[str, Any], categories: Categories) -> dict[str, Any]:
    """Return every value of a chain by field name."""
    fields = Fields()
    for key, value in record.items():
        if key == "elements" and isinstance(value, list):
            continue
        name = f"[{key}]" if "." in key else key
        if key in _LOCALIZED:
            _add_text(fields, name, value)
        else:
            fields.add(name, value)
    elements = record.get("elements")
    if isinstance(elements, list):
        strongest = _strongest(_functional_modes(elements, categories))
        if strongest:
            fields[AUTONOMY] = strongest
        for index, element in enumerate(elements):
            path = _path(element, categories)
            if path is None:
                fields.add(f"elements[{index}]", element)
            else:
                fields.add_element(fields.free(path), element, strongest)
    return fields


def _functional_modes(elements: list[Any], categories: Categories) -> list[dict[str, Any]]:
    return [each for each in elements if (_path(each, categories) or "").startswith("functional_modes.")]


def _path(element: Any, categories: Categories) -> str | None:
    """Return the category of an element with its role or its id; None for an unknown element."""
    if not isinstance(element, dict):
        return None
    name = element.get("element_id")
    category = next((category for category, ids in categories.items() if name in ids), None)
    if category == "accountable":
        role = element.get("context_type_id")
        return f"{category}.{role if role in ('deployer', 'vendor') else 'unspecified'}"
    return f"{category}.{name}" if category else None


def _strongest(modes: list[dict[str, Any]]) -> str | None:
    contexts = [mode.get("context_type_id") for mode in modes]
    return next((context for context in _STRONGEST_FIRST if context in contexts), None)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _add_text(fields: Fields, name: str, value: Any) -> None:
    """Add a text in English, or else in its first language, and the other languages as `name@locale`."""
    if not _is_localized(value):
        fields.add(name, value)
        return
    preferred = _preferred(value)
    for entry in value:
        fields.add(name if entry is preferred else f"{name}@{entry['locale']}", entry["value"])


def _is_localized(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(entry, dict) and set(entry) == {"locale", "value"} for entry in value)
        and all(isinstance(entry["locale"], str) for entry in value)
    )


def _preferred(value: list[dict[str, Any]]) -> dict[str, Any]:
    return next((entry for entry in value if entry["locale"] == "en"), value[0])


def put_fields(record: dict[str, Any], changes: Mapping[str, Any], categories: Categories) -> dict[str, Any]:
    """Put changed fields into a chain, in place, and return it; None removes a value."""
    has_elements = isinstance(record.get("elements", []), list)
    for name, value in changes.items():
        if "." not in name:
            _put_text(record, name, value)
        elif not has_elements:  # invalid chain: never overwrite what is there
            continue
        elif name == AUTONOMY:
            _put_autonomy(record, value, categories)
        else:
            path, _, variable = name.rpartition(".")
            _put_variable(record, path, variable, value, categories)
    return record


def _put_text(holder: dict[str, Any], key: str, value: Any) -> None:
    if value is None:
        holder.pop(key, None)
    elif key not in (*_LOCALIZED, "value") or isinstance(holder.get(key), str):
        holder[key] = value
    elif _is_localized(holder.get(key)):
        _preferred(holder[key])["value"] = value
    else:
        holder[key] = [{"locale": "en", "value": value}]


def _put_autonomy(record: dict[str, Any], value: Any, categories: Categories) -> None:
    modes = _functional_modes(_elements(record), categories)
    strongest = _strongest(modes)
    changed = [mode for mode in modes if mode.get("context_type_id") == strongest] or modes[:1]
    if not changed and value is not None:
        changed = [_new(record, "functional_modes." + _NEW_MODE)]
    for mode in changed:
        if value is None:
            mode.pop("context_type_id", None)
        else:
            mode["context_type_id"] = value


def _put_variable(record: dict[str, Any], path: str, name: str, value: Any, categories: Categories) -> None:
    element = next((each for each in _elements(record) if _path(each, categories) == path), None)
    if element is None:
        if value is None:
            return
        element = _new(record, path)
    if not isinstance(element.get("variables", []), list):
        return
    variables = _list(element.get("variables"))
    variable = next((each for each in variables if isinstance(each, dict) and each.get("id") == name), None)
    if value is None:
        element["variables"] = [each for each in variables if variable is None or each != variable]
    elif variable is not None:
        _put_text(variable, "value", value)
    else:
        element["variables"] = [*variables, {"id": name, "value": [{"locale": "en", "value": value}]}]


def _elements(record: dict[str, Any]) -> list[Any]:
    elements: list[Any] = record.setdefault("elements", [])
    return elements


def _new(record: dict[str, Any], path: str) -> dict[str, Any]:
    element: dict[str, Any] = {"element_id": _NEW_ELEMENT.get(path, path.partition(".")[2])}
    if path in _CONTEXTS:
        element["context_type_id"] = _CONTEXTS[path]
    _elements(record).append(element)
    return element
