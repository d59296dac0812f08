"""OpenAPI document: a path per action, with the envelope and errors of CKAN's API, and one per output format."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from importlib.resources import files
from typing import Any

import yaml

from .. import registry
from ..contributions import OutputFormat
from ..feature import declaration_of
from ..governance.doctor import HealthReport
from ..standard import Standard
from .parameters import Docstring, JsonSchema, parameters_of, read_docstring, schema_of
from .result_schema import ResultSchemas

JSON_TYPE = "application/json"
API = "/api/3/action"
# Requests to the demo city, by action and title.
EXAMPLES: Mapping[str, Mapping[str, dict[str, Any]]] = yaml.safe_load(
    files(__package__).joinpath("examples.yaml").read_text(encoding="utf-8")
)
# Component to which features add keys by `city_content`.
CITY = "CityResult"
RECORD_PATH = "/{type}/{id}/transparency"
_ERRORS = {
    "400": ("BadRequest", "The body is not a JSON object, or a search query is invalid."),
    "403": ("NotAuthorized", "You may not read or change this, or its existence is not disclosed."),
    "404": ("NotFound", "It does not exist."),
    "409": ("Invalid", "A parameter is missing or invalid; its messages are listed under its name."),
    "413": ("TooLarge", "The body is larger than this portal accepts."),
    "429": ("TooManyRequests", "A rate limit is exceeded; `Retry-After` gives the time to wait."),
    "503": ("SearchDown", "The search is unavailable; `Retry-After` gives the time to wait."),
}
_RECORD_ID = "Name or id of the dataset or algorithm."
_ABOUT = (
    "Governance of the datasets and algorithms of this portal. Every action can be called without an account for what "
    "is public; with a token it returns what its user may see."
)


def describe(
    actions: Mapping[str, Callable[..., Any]], formats: Sequence[OutputFormat], standard: Standard, site: str
) -> dict[str, Any]:
    """Return the OpenAPI document of these actions and output formats; `site` is the URL of the portal, without `/`."""
    results = ResultSchemas(standard)
    returned = {name: results.of_function(action) for name, action in sorted(actions.items())}
    if CITY in results.components:
        for typed_dict in registry.city_types():
            results.extend(CITY, typed_dict)
    health = results.of(HealthReport)
    responses = {}
    for status, (name, text) in _ERRORS.items():
        error: JsonSchema = {"$ref": "#/components/schemas/ErrorResponse"}
        # CKAN answers an unreadable body with a plain string.
        schema = {"anyOf": [{"type": "string"}, error]} if status == "400" else error
        responses[name] = {"description": text, "content": {JSON_TYPE: {"schema": schema}}}
    token = {"type": "apiKey", "in": "header", "name": "Authorization", "description": "An API token of CKAN."}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{standard.name}: governance API",
            "version": version("ckanext-opensmartcity"),
            "description": _ABOUT,
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        "servers": [{"url": f"{site}{API}"}],
        "security": [{}, {"token": []}],
        "paths": {
            **{f"/{name}": _path(name, each, returned[name], standard) for name, each in sorted(actions.items())},
            **_record_paths(formats, returned, standard, f"{site}/"),
            **_monitoring_paths(health, f"{site}/"),
        },
        "components": {
            "schemas": {"ErrorResponse": _ERROR, **results.components},
            "responses": responses,
            "securitySchemes": {"token": token},
        },
    }


def takes_record(action: Callable[..., Any]) -> bool:
    """Return whether an action takes a dataset dict: the fields of the standard and any other keys."""
    declaration = declaration_of(action)
    return declaration is not None and declaration.names is None


def _path(name: str, action: Callable[..., Any], returned: JsonSchema, standard: Standard) -> dict[str, dict[str, Any]]:
    """Return the path item of an action: always POST, also GET if the action is free of side effects."""
    docs = read_docstring(action)
    required = parameters_of(action)
    needed = (
        [parameter.name for parameter in docs.parameters if not parameter.optional]
        if required is None
        else [parameter for parameter, is_required in required.items() if is_required]
    )
    responses = _responses(docs, returned)
    body = _request_body(name, docs, standard if takes_record(action) else None, needed)
    post = _operation(name, docs, "post") | {"requestBody": body, "responses": responses}
    if not getattr(action, "side_effect_free", False) or takes_record(action):
        return {"post": post}
    query = [
        {
            "name": parameter.name,
            "in": "query",
            "required": parameter.name in needed,
            "description": parameter.text,
            "schema": schema_of(parameter),
        }
        for parameter in docs.parameters
    ]
    return {"get": _operation(name, docs, "get") | {"parameters": query, "responses": responses}, "post": post}


def _record_paths(
    formats: Sequence[OutputFormat], returned: Mapping[str, JsonSchema], standard: Standard, site: str
) -> dict[str, Any]:
    """Return the path of the transparency page with its content negotiation, and that of each output format."""
    contents = {each.name: {each.media_type: {"schema": _content_schema(each, returned)}} for each in formats}
    page = {"text/html": {"schema": {"type": "string"}}}
    for each in formats:
        page |= contents[each.name] if each.negotiated else {}
    parameters = [
        {"name": "type", "in": "path", "required": True, "schema": {"enum": list(standard.records)}},
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}, "description": _RECORD_ID},
    ]
    paths = {RECORD_PATH: ("transparency_page", "The transparency page, or the format that Accept prefers.", page)}
    for each in formats:
        about = f"The record as {each.media_type}."
        paths[f"{RECORD_PATH}.{each.suffix}"] = (f"transparency_{each.name}", about, contents[each.name])
    # A page, or CKAN's error without `help`, which only its API has; an unknown type leads to no page of ours.
    missing = {
        "text/html": {"schema": {"type": "string"}},
        JSON_TYPE: {"schema": _ERROR | {"required": ["success", "error"]}},
    }
    errors = {
        "404": {"description": "It does not exist, or you may not see it.", "content": missing},
        "410": {"description": "It was removed for good."},
    }
    moved = {"302": {"description": "To the present name of the record, or to the page of an algorithm."}}
    return {
        path: {
            "servers": [{"url": site}],
            "parameters": parameters,
            "get": {
                "operationId": operation,
                "summary": summary,
                "responses": {"200": {"description": "Done.", "content": content}}
                | (moved if path == RECORD_PATH else {})
                | errors,
            },
        }
        for path, (operation, summary, content) in paths.items()
    }


def _monitoring_paths(health: JsonSchema, site: str) -> dict[str, Any]:
    """Return the paths of the health report and of the metrics."""
    refused = {"application/json": {"schema": _ERROR | {"required": ["success", "error"]}}}
    body, text = {JSON_TYPE: {"schema": health}}, {"schema": {"type": "string"}}
    check = {
        "name": "check",
        "in": "query",
        "description": "Only this check; may be repeated. A load balancer asks for `database`.",
        "schema": {"type": "array", "items": {"type": "string"}},
    }
    return {
        "/transparency/health": {
            "servers": [{"url": site}],
            "parameters": [check],
            "get": {
                "operationId": "health",
                "summary": "The status of the portal. Messages, remedies and most checks are for sysadmins.",
                "responses": {
                    "200": {"description": "The status is `ok` or `warning`.", "content": body},
                    "400": {"description": "There is no such check that you may read.", "content": refused},
                    "503": {"description": "The status is `error`.", "content": body},
                },
            },
        },
        "/transparency/metrics": {
            "servers": [{"url": site}],
            "get": {
                "operationId": "metrics",
                "summary": "The metrics of the portal for Prometheus.",
                "responses": {
                    "200": {
                        "description": "Prometheus text, or OpenMetrics if the Accept header asks for it.",
                        "content": {"text/plain": text, "application/openmetrics-text": text},
                    },
                    "403": {
                        "description": "You are not a sysadmin and have no token for monitoring.",
                        "content": refused,
                    },
                },
            },
        },
    }


def _content_schema(output: OutputFormat, returned: Mapping[str, JsonSchema]) -> JsonSchema:
    if output.load is None and output.media_type == JSON_TYPE:
        return returned["governance_show"]
    # A JSON value of any shape, or a text.
    return {} if output.media_type.endswith(("/json", "+json")) else {"type": "string"}


def _operation(name: str, docs: Docstring, method: str) -> dict[str, Any]:
    description = {"description": docs.description} if docs.description else {}
    return {"operationId": f"{name}_{method}", "summary": docs.summary, **description}


def _request_body(name: str, docs: Docstring, standard: Standard | None, needed: list[str]) -> dict[str, Any]:
    """Return the body of a POST request; with a standard, of an action that takes a dataset dict."""
    properties = {
        parameter.name: schema_of(parameter) | {"description": parameter.text} for parameter in docs.parameters
    }
    if standard:
        # Any type is accepted, because a wrong answer is reported in the result and is not an invalid request.
        fields = (field for record in standard.records.values() for field in record.fields.values())
        properties |= {field.name: {"description": field.question} for field in fields}
    schema: JsonSchema = {"type": "object", "properties": properties}
    if not standard:
        schema["additionalProperties"] = False
    if needed:
        schema["required"] = needed
    examples = {title: {"value": value} for title, value in EXAMPLES.get(name, {}).items()}
    content = {"schema": schema} | ({"examples": examples} if examples else {})
    return {"required": bool(needed), "content": {JSON_TYPE: content}}


def _responses(docs: Docstring, returned: JsonSchema) -> dict[str, Any]:
    result = returned | {"description": docs.returns}
    envelope = {
        "type": "object",
        "properties": {"help": {"type": "string"}, "success": {"const": True}, "result": result},
        "required": ["help", "success", "result"],
    }
    errors = {status: {"$ref": f"#/components/responses/{name}"} for status, (name, _) in _ERRORS.items()}
    return {"200": {"description": "Done.", "content": {JSON_TYPE: {"schema": envelope}}}} | errors


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
