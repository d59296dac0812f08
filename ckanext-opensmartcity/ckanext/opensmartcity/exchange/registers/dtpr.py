"""A DTPR data chain as flat fields (`category.element.variable`), and changed fields put back into the chain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

Categories = Mapping[str, tuple[str, ...]]

AUTONOMY = "functional_modes.autonomy"
_LOCALISED = ("title", "description")
_STRONGEST_FIRST = ("autonomous", "human_executes", "human_decides")
_NEW_ELEMENT = {"accountable.deployer": "institution", "accountable.vendor": "organization"}
_NEW_MODE = "analytical_mode"
_CONTEXTS = {"accountable.deployer": "deployer", "accountable.vendor": "vendor"}
_OWN_KEYS = ("element_id", "context_type_id", "variables")


class Fields(dict[str, Any]):
    """Values by the name of their place; a place that comes again gets a number."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: Counter[str] = Counter()

    def free(self, name: str) -> str:
        """Return the name, or the name with a number where it was given out before."""
        number = self._seen[name] + 1
        free = name if number == 1 else f"{name}#{number}"
        while free in self:
            number += 1
            free = f"{name}#{number}"
        self._seen[name] = number
        return free

    def add(self, name: str, value: Any) -> None:
        """Add a value under its name, or under its name with a number."""
        self[self.free(name)] = value


def chain_fields(record: Mapping[str, Any], categories: Categories) -> dict[str, Any]:
    """Return every value of a chain under the name of its place."""
    fields = Fields()
    for key, value in record.items():
        if key == "elements" and isinstance(value, list):
            continue
        name = f"[{key}]" if "." in key else key
        if key in _LOCALISED:
            _add_text(fields, name, value)
        else:
            fields.add(name, value)
    elements = record.get("elements")
    if isinstance(elements, list):
        _add_elements(fields, elements, categories)
    return fields


def _add_elements(fields: Fields, elements: list[Any], categories: Categories) -> None:
    modes = [element for place, element in _placed(elements, categories) if place.startswith("functional_modes.")]
    strongest = _strongest(modes)
    if strongest:
        fields[AUTONOMY] = strongest
    for number, element in enumerate(elements):
        place = _place(element, categories)
        if place is None:
            fields.add(f"elements[{number}]", element)
        else:
            _add_element(fields, fields.free(place), element, strongest)


def _placed(elements: list[Any], categories: Categories) -> Iterator[tuple[str, dict[str, Any]]]:
    for element in elements:
        place = _place(element, categories)
        if place is not None:
            yield place, element


def _place(element: Any, categories: Categories) -> str | None:
    """Return the place of an element: its category, and its role or its id; None where we do not know it."""
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


def _add_element(fields: Fields, place: str, element: dict[str, Any], strongest: str | None) -> None:
    before = len(fields)
    context = element.get("context_type_id")
    told = strongest if place.startswith("functional_modes.") else _CONTEXTS.get(place.partition("#")[0])
    if context is not None and context != told:
        fields.add(f"{place}.context", context)
    for number, variable in enumerate(_list(element.get("variables"))):
        name = variable.get("id") if isinstance(variable, dict) else None
        if isinstance(name, str) and set(variable) <= {"id", "value"} and "." not in name:
            _add_text(fields, f"{place}.{name}", variable.get("value"))
        else:
            fields.add(f"{place}.variables[{number}]", variable)
    for key, value in element.items():
        if key not in _OWN_KEYS or (key == "variables" and not isinstance(value, list)):
            fields.add(f"{place}.[{key}]", value)
    if len(fields) == before:
        fields[place] = element.get("element_id")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _add_text(fields: Fields, name: str, value: Any) -> None:
    """Add a text in its first language, English if there is, and the other languages beside it."""
    if not _is_localised(value):
        fields.add(name, value)
        return
    chosen = _chosen(value)
    for entry in value:
        fields.add(name if entry is chosen else f"{name}@{entry['locale']}", entry["value"])


def _is_localised(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(entry, dict) and set(entry) == {"locale", "value"} for entry in value)
        and all(isinstance(entry["locale"], str) for entry in value)
    )


def _chosen(value: list[dict[str, Any]]) -> dict[str, Any]:
    return next((entry for entry in value if entry["locale"] == "en"), value[0])


def put_fields(record: dict[str, Any], changes: Mapping[str, Any], categories: Categories) -> dict[str, Any]:
    """Put changed fields into a chain, which is changed in place; None takes a value out."""
    has_elements = isinstance(record.get("elements", []), list)
    for name, value in changes.items():
        if "." not in name:
            _put_text(record, name, value)
        elif not has_elements:  # what stands there instead is theirs to mend, not ours to overwrite
            continue
        elif name == AUTONOMY:
            _put_autonomy(record, value, categories)
        else:
            place, _, variable = name.rpartition(".")
            _put_variable(record, place, variable, value, categories)
    return record


def _put_text(holder: dict[str, Any], key: str, value: Any) -> None:
    if value is None:
        holder.pop(key, None)
    elif key in (*_LOCALISED, "value"):
        _put_localised(holder, key, value)
    else:
        holder[key] = value


def _put_localised(holder: dict[str, Any], key: str, value: Any) -> None:
    if isinstance(holder.get(key), str):
        holder[key] = value
    elif _is_localised(holder.get(key)):
        _chosen(holder[key])["value"] = value
    else:
        holder[key] = [{"locale": "en", "value": value}]


def _put_autonomy(record: dict[str, Any], value: Any, categories: Categories) -> None:
    modes = [
        element for place, element in _placed(_elements(record), categories) if place.startswith("functional_modes.")
    ]
    strongest = _strongest(modes)
    changed = [mode for mode in modes if mode.get("context_type_id") == strongest] or modes[:1]
    if not changed and value is not None:
        changed = [_new(record, "functional_modes." + _NEW_MODE)]
    for mode in changed:
        if value is None:
            mode.pop("context_type_id", None)
        else:
            mode["context_type_id"] = value


def _put_variable(record: dict[str, Any], place: str, name: str, value: Any, categories: Categories) -> None:
    element = next((element for found, element in _placed(_elements(record), categories) if found == place), None)
    if element is None:
        if value is None:
            return
        element = _new(record, place)
    if not isinstance(element.get("variables", []), list):
        return
    variables = [variable for variable in _list(element.get("variables")) if _named(variable, name)]
    if value is None:
        element["variables"] = [entry for entry in _list(element.get("variables")) if entry not in variables[:1]]
    elif variables:
        _put_text(variables[0], "value", value)
    else:
        element["variables"] = [
            *_list(element.get("variables")),
            {"id": name, "value": [{"locale": "en", "value": value}]},
        ]


def _named(variable: Any, name: str) -> bool:
    return isinstance(variable, dict) and variable.get("id") == name


def _elements(record: dict[str, Any]) -> list[Any]:
    elements: list[Any] = record.setdefault("elements", [])
    return elements


def _new(record: dict[str, Any], place: str) -> dict[str, Any]:
    element: dict[str, Any] = {"element_id": _NEW_ELEMENT.get(place, place.partition(".")[2])}
    if place in _CONTEXTS:
        element["context_type_id"] = _CONTEXTS[place]
    _elements(record).append(element)
    return element
