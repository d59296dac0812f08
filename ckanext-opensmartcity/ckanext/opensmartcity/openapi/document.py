"""The OpenAPI document: a path for each action, with CKAN's envelope and errors around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from typing import Any

from ..standard import Standard
from .parameters import JsonSchema, Parameter, Told, read_docstring, schema_of, taken, type_schema
from .responses import EXAMPLES, results

JSON_TYPE = "application/json"
# CKAN's dataset dict, with the fields of the standard and whatever else: an action that checks must take anything.
TAKES_RECORDS = ("governance_check",)
_REFUSALS = {
    "400": ("BadRequest", "The body is no JSON object, or a search query cannot be read."),
    "403": ("NotAuthorized", "You may not read or change this, or it is not admitted to exist."),
    "404": ("NotFound", "There is no such thing."),
    "409": ("Invalid", "A parameter is missing or wrong: its messages stand under its name."),
    "503": ("SearchDown", "The search does not answer now; `Retry-After` says when to try again."),
}
_ABOUT = (
    "Governance of the datasets and algorithms of this portal. Every action can be called without an account for what "
    "is public; with a token it tells what its user may see."
)


def describe(actions: Mapping[str, Callable[..., Any]], standard: Standard, server: str) -> dict[str, Any]:
    """Return the document of these actions under the address of the API."""
    returned = results(standard)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{standard.name}: governance API",
            "version": version("ckanext-opensmartcity"),
            "description": _ABOUT,
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        "servers": [{"url": server}],
        "security": [{}, {"token": []}],
        "paths": {
            f"/{name}": _path(name, action, returned.get(name), standard) for name, action in sorted(actions.items())
        },
        "components": _components(),
    }


def _path(
    name: str, action: Callable[..., Any], returned: JsonSchema | None, standard: Standard
) -> dict[str, dict[str, Any]]:
    told = read_docstring(action)
    answers = _answers(told, returned)
    needed = _needed(action, told)
    post = _operation(name, told, "post") | {"requestBody": _body(name, told, standard, needed), "responses": answers}
    if not getattr(action, "side_effect_free", False):
        return {"post": post}
    if name in TAKES_RECORDS:
        return {"post": post}
    asked = [_query(parameter, parameter.name in needed) for parameter in told.parameters]
    return {"get": _operation(name, told, "get") | {"parameters": asked, "responses": answers}, "post": post}


def _operation(name: str, told: Told, method: str) -> dict[str, Any]:
    about = {"description": told.description} if told.description else {}
    return {"operationId": f"{name}_{method}", "summary": told.summary, **about}


def _query(parameter: Parameter, needed: bool) -> dict[str, Any]:
    about = {"name": parameter.name, "in": "query", "required": needed, "description": parameter.text}
    return about | {"schema": schema_of(parameter)}


def _body(name: str, told: Told, standard: Standard, needed: list[str]) -> dict[str, Any]:
    properties = dict(_properties(told)) | (_fields(standard) if name in TAKES_RECORDS else {})
    schema: JsonSchema = {"type": "object", "properties": properties}
    if needed:
        schema["required"] = needed
    examples = {title: {"value": value} for title, value in EXAMPLES.get(name, {}).items()}
    content = {"schema": schema} | ({"examples": examples} if examples else {})
    return {"required": bool(needed), "content": {JSON_TYPE: content}}


def _needed(action: Callable[..., Any], told: Told) -> list[str]:
    checked = taken(action)
    if checked is not None:
        return [parameter for parameter, needed in checked.items() if needed]
    return [parameter.name for parameter in told.parameters if not parameter.optional]


def _properties(told: Told) -> Iterator[tuple[str, JsonSchema]]:
    for parameter in told.parameters:
        yield parameter.name, schema_of(parameter) | {"description": parameter.text}


def _fields(standard: Standard) -> dict[str, JsonSchema]:
    """Return the questions, of any type: a wrong answer is no wrong request, it comes back among the errors."""
    fields = (field for record in standard.records.values() for field in record.fields.values())
    return {field.name: {"description": field.question} for field in fields}


def _answers(told: Told, returned: JsonSchema | None) -> dict[str, Any]:
    result = (returned or type_schema(told.rtype)) | {"description": told.returns}
    envelope = {
        "type": "object",
        "properties": {"help": {"type": "string"}, "success": {"const": True}, "result": result},
        "required": ["help", "success", "result"],
    }
    refused = {status: {"$ref": f"#/components/responses/{name}"} for status, (name, _) in _REFUSALS.items()}
    return {"200": {"description": "Done.", "content": {JSON_TYPE: {"schema": envelope}}}} | refused


def _components() -> dict[str, Any]:
    responses = {name: _refusal(status, text) for status, (name, text) in _REFUSALS.items()}
    token = {"type": "apiKey", "in": "header", "name": "Authorization", "description": "An API token of CKAN."}
    return {"schemas": {"Error": _ERROR}, "responses": responses, "securitySchemes": {"token": token}}


_ERROR: JsonSchema = {
    "type": "object",
    "properties": {
        "help": {"type": "string"},
        "success": {"const": False},
        "error": {
            "type": "object",
            "description": "`message`, or the messages about each parameter or field under its name.",
            "properties": {"__type": {"type": "string"}, "message": {}},
            "required": ["__type"],
        },
    },
    "required": ["help", "success", "error"],
}


def _refusal(status: str, text: str) -> dict[str, Any]:
    error: JsonSchema = {"$ref": "#/components/schemas/Error"}
    # CKAN says in a text alone that a body cannot be read.
    schema = {"anyOf": [{"type": "string"}, error]} if status == "400" else error
    return {"description": text, "content": {JSON_TYPE: {"schema": schema}}}
