"""JSON Schemas from annotations: each kind of type, required keys, components, and what cannot be described."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

import pytest
from ckanext.opensmartcity.openapi.result_schema import ResultSchemas
from typing_extensions import NotRequired


class Inner(TypedDict):
    """An inner value."""

    day: Annotated[str, "day"] | None


class _Base(TypedDict):
    id: str


class Outer(_Base, total=False):
    """An outer value."""

    inner: list[Inner]
    again: Outer


class Marked(TypedDict):
    """A value with a key that may be missing."""

    id: int
    note: NotRequired[str]


def other_inner():
    class Inner(TypedDict):
        """Another value with the same name."""

        id: str

    return Inner


@pytest.fixture
def schemas(standard):
    return ResultSchemas(standard)


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        (str, {"type": "string"}),
        (bool, {"type": "boolean"}),
        (Any, {}),
        (str | None, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        (Literal["a", "b"], {"enum": ["a", "b"]}),
        (list[int], {"type": "array", "items": {"type": "integer"}}),
        (dict[str, float], {"type": "object", "additionalProperties": {"type": "number"}}),
        (
            dict[Literal["a"], int],
            {"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": False},
        ),
        (Annotated[str, "day"], {"type": "string", "format": "date"}),
        (Annotated[str, "record type"], {"type": "string", "enum": ["dataset", "algorithm"]}),
        (Inner, {"$ref": "#/components/schemas/Inner"}),
    ],
    ids=str,
)
def test_each_kind_of_type(schemas, annotation, schema):
    assert schemas.of(annotation) == schema


def test_a_typed_dict_is_a_component_with_its_docstring_and_required_keys(schemas):
    schemas.of(Outer)
    assert schemas.components == {
        "Outer": {
            "type": "object",
            "description": "An outer value.",
            "properties": {
                "id": {"type": "string"},
                "inner": {"type": "array", "items": {"$ref": "#/components/schemas/Inner"}},
                "again": {"$ref": "#/components/schemas/Outer"},
            },
            "required": ["id"],
            "additionalProperties": False,
        },
        "Inner": {
            "type": "object",
            "description": "An inner value.",
            "properties": {"day": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}},
            "required": ["day"],
            "additionalProperties": False,
        },
    }


def test_a_key_that_may_be_missing_is_not_required(schemas):
    schemas.of(Marked)
    assert schemas.components["Marked"]["required"] == ["id"]
    assert set(schemas.components["Marked"]["properties"]) == {"id", "note"}


@pytest.mark.parametrize("annotation", [set[str], bytes, object])
def test_a_type_that_json_does_not_have_is_refused(schemas, annotation):
    with pytest.raises(TypeError, match="cannot be described"):
        schemas.of(annotation)


def test_two_types_with_one_name_are_refused(schemas):
    schemas.of(Inner)
    with pytest.raises(TypeError, match="two types of results are called Inner"):
        schemas.of(other_inner())
