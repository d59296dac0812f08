"""Shape of the files of a standard, by the published JSON Schemas of `schemas/json/files`.

The schemas say which keys and values a file can have; editors complete a city's files by them. What a key refers to,
such as a field, a code or a rule, is checked by the loaders. The reason of a mistake is the `errorMessage` of the
schema that rejects it, a keyword that editors show too.
"""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource

from .yaml_source import Section, SourceError, nearest

_FOLDER = "json/files"
_SUFFIX = ".schema.json"
# Prefix of the kinds of a city's own files.
CITY = "city-"


# Lists of a file that a city extends item by item, each with the key that identifies an item.
MERGED_LISTS: Mapping[str, Mapping[str, str]] = {
    "standard": {},
    "record": {"groups": "id", "dataset_fields": "field_name"},
    "vocabulary": {"codes": "code"},
    "rules": {"rules": "id"},
    "sentences": {"path": "id", "sentences": "id"},
    "figures": {"characteristics": "id", "figures": "id"},
    "placeholders": {"languages": "language"},
    "linked_data": {"terms": "iri", "attributes": "attribute"},
}
_ITEMS = {"dataset_fields": "field"}
_TEXT, _TEXTS = ({"$ref": f"definitions{_SUFFIX}#/$defs/{name}"} for name in ("text", "texts"))


def check_shape(section: Section, kind: str) -> None:
    """Raise SourceError for the first mistake in a file, if it does not match the schema of its kind."""
    validator = _validator(kind)
    mistakes = [_Mistake(error, section, validator) for error in validator.iter_errors(section)]
    if mistakes:
        raise min(mistakes, key=lambda each: (each.rank, each.line)).source_error()


def kinds() -> tuple[str, ...]:
    """Return the kinds of files that have a schema."""
    names = (name.removesuffix(_SUFFIX) for name in _schemas())
    return tuple(sorted(name for name in names if name != "definitions" and not name.startswith(CITY)))


def overlay_schema(kind: str) -> dict[str, Any]:
    """Return the schema of a city's file of a kind, which holds only what the city adds, changes or drops.

    An item of a list needs nothing but the key that identifies it; `after` places a new one.
    """
    schema: dict[str, Any] = copy.deepcopy(_schemas()[f"{kind}{_SUFFIX}"])
    lists = MERGED_LISTS[kind]
    schema |= {"$id": schema["$id"].replace(f"/{kind}", f"/city-{kind}"), "title": f"{schema['title']} (of a city)"}
    schema.pop("required", None)
    if kind == "record":
        schema["properties"] = {name: schema["properties"][name] for name in (*lists, "facets")}
    for name, key in lists.items():
        items = schema["properties"][name]["items"]
        item_name = _ITEMS.get(name) or items["$ref"].rpartition("/")[2]
        schema["properties"][name]["items"] = {"$ref": f"#/$defs/{item_name}"}
        item = schema["$defs"][item_name]
        for keyword in ("allOf", "if", "then", "else"):
            item.pop(keyword, None)
        item["required"] = [key]
        item["properties"]["after"] = {**_TEXT, "description": f"Item of {name} after which a new one stands."}
    if lists:
        schema["properties"]["drop"] = {
            **_TEXTS,
            "description": f"What the city leaves out: {' or '.join(lists.values())}.",
        }
    return schema


@cache
def _schemas() -> Mapping[str, Any]:
    folder = files(f"{__package__.rpartition('.')[0]}.schemas").joinpath(_FOLDER)
    return {path.name: json.loads(path.read_text("utf-8")) for path in folder.iterdir() if path.name.endswith(_SUFFIX)}


@cache
def _validator(kind: str) -> Draft202012Validator:
    of_city = kind.startswith(CITY)
    schema = overlay_schema(kind.removeprefix(CITY)) if of_city else _schemas()[f"{kind}{_SUFFIX}"]
    resources = ((each["$id"], Resource.from_contents(each)) for each in _schemas().values())
    return Draft202012Validator(schema, registry=Registry().with_resources(resources))


# Keywords that are about the keys of a mapping, not about the value of a key.
_OF_MAPPING = frozenset({"additionalProperties", "dependentRequired", "oneOf", "required"})


class _Mistake:
    """Error of the validator at its place in a file: `section`, and `key` if it is about the value of one."""

    def __init__(self, error: ValidationError, root: Section, validator: Draft202012Validator) -> None:
        self._error, self._validator = error, validator
        self.section, self.key = root, ""
        value: Any = root
        for part in error.absolute_path:
            if isinstance(value, Section):
                self.section, self.key = value, str(part)
            value = value[part]
        if isinstance(value, Section) and error.validator in _OF_MAPPING:
            self.section, self.key = value, ""
        self.is_unknown_key = error.validator == "additionalProperties"
        if self.is_unknown_key:
            self.key = next(key for key in self.section if key not in error.schema["properties"])

    @property
    def rank(self) -> int:
        """Order in which mistakes are reported: a mistyped or wrong key can be why another seems to be missing."""
        return 0 if self.is_unknown_key else 1 if self.key else 2

    @property
    def line(self) -> int:
        """The line for which the mistake is reported."""
        return self.section.lines.get(self.key, self.section.line)

    def source_error(self) -> SourceError:
        """Return the error with file, line and reason."""
        return self.section.error(self._reason(), self.key)

    def _reason(self) -> str:
        error, schema = self._error, self._error.schema
        if self.is_unknown_key:
            known = schema["properties"]
            return f"unknown key '{self.key}'{nearest(self.key, known)} (allowed: {', '.join(sorted(known))})"
        if error.validator == "required":
            missing = next(key for key in error.validator_value if key not in error.instance)
            if missing in schema.get("properties", {}):
                # Nothing has the right kind here, so that the first error tells what is expected.
                expected = next(self._validator.evolve(schema=schema["properties"][missing]).iter_errors(None))
                return _sentence(missing, expected.schema["errorMessage"])
        if error.validator == "enum" and "errorMessage" not in schema:
            names, given = [str(each) for each in error.validator_value], str(error.instance)
            return f"unknown {schema['title']} '{given}'{nearest(given, names)} (known: {', '.join(names)})"
        return _sentence(self.key, schema["errorMessage"])


def _sentence(key: str, message: str) -> str:
    return f"'{key}' {message}" if message.startswith(("must ", "may ")) else message


def write_overlay_schemas(folder: Path) -> None:
    """Write the schemas of a city's files beside those from which they are made."""
    for kind in MERGED_LISTS:
        text = json.dumps(overlay_schema(kind), indent=2, ensure_ascii=False) + "\n"
        (folder / f"{CITY}{kind}{_SUFFIX}").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_overlay_schemas(Path(sys.argv[1]))
