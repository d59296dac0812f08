"""JSON Schema 2020-12 of the records of a standard, for suppliers that validate without this package.

Patterns are valid both as ECMA-262 regular expressions in Unicode mode and in Python.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .answers import MAX_ENTRIES, MAX_TEXT, UNKNOWN, UNSAFE_SCHEMES
from .countries import EUROPEAN_UNION, country_codes, home_area
from .durations import SHAPE
from .facts import OPEN_LICENCES
from .i18n import Translate
from .model import AnswerType, Condition, Field, RecordType, Rule, Standard
from .record_reader import DECLARED_FIELD

# Leap years are divisible by 4; full centuries must be divisible by 400.
_LEAP = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
_LONG = "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
_SHORT = "(0[469]|11)-(0[1-9]|[12][0-9]|30)"
_FEBRUARY = "02-(0[1-9]|1[0-9]|2[0-8])"
DATE = f"^(?!0000)([0-9]{{4}}-({_LONG}|{_SHORT}|{_FEBRUARY})|{_LEAP}-02-29)$"

_NOT_ZERO = "(?=[^1-9]*[1-9])"
DURATION = f"^{_NOT_ZERO}{SHAPE}$"


def _any_case(*words: str) -> str:
    """Return a case-insensitive pattern for words; JSON Schema has no flag for that."""
    return "|".join("".join(f"[{letter}{letter.upper()}]" for letter in word) for word in words)


_HTTP = f"{_any_case('http')}[sS]?"
_HOST = _HTTP + r"""://[^\s/?#<>"'@:]+(:[0-9]{1,5})?([/?#][^\s<>"]*)?"""
WEB = f"^{_HOST}$"
STARTS_AS_WEB = rf"^\s*{_HTTP}:\S"
UNSAFE = rf"^\s*({_any_case(*sorted(UNSAFE_SCHEMES))}):\S"
URN = rf"^{_any_case('urn')}:[a-zA-Z0-9][a-zA-Z0-9-]{{0,31}}:\S+$"
UUID = "^[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}$"

_PREFIX = f"(({_any_case('mailto', 'tel')}):)?"
_DOMAIN = "([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+[A-Za-z]{2,63}"
_MAILBOX = f"(?=.{{1,254}}$)[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_DOMAIN}"
_PHONE = "(?=([^0-9]*[0-9]){3,15}[^0-9]*$)[+]?[0-9(][0-9 ()./-]{1,28}[0-9]"
CONTACT = f"^{_PREFIX}({_MAILBOX}|{_PHONE}|(?=.{{1,2000}}$){_HOST})$"

BLANK = r"^\s*$"
# HTML tags and control characters. In Unicode mode, ECMA-262 matches only lone surrogates: a pair is one code point.
MARKUP = "<[a-zA-Z/!?]"
CONTROL = r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ud800-\udfff\ufffe\uffff]"

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


class InexpressibleError(ValueError):
    """A condition that JSON Schema cannot express. The text names the part."""


def json_schema(standard: Standard, kind: str, home: str | None = None, translate: Translate = str) -> Schema:
    """Return the JSON Schema of a record type. Rules about the home jurisdiction are left out if `home` is None."""
    record = standard.records[kind]
    return {
        "$schema": DIALECT,
        "$id": f"{standard.namespace.rstrip('#/')}/schema/{standard.version}/{kind}.json",
        "title": f"{translate(standard.name)}: {kind}",
        "$defs": _DEFINITIONS,
        "type": "object",
        "properties": {
            "type": {"enum": [kind, "", None]} if kind == "dataset" else {"const": kind},
            **{name: _field_schema(standard, field, translate) for name, field in record.fields.items()},
            DECLARED_FIELD: _declarations(record),
        },
        "allOf": [
            *_required(record, home),
            *(
                schema
                for rule in _error_rules(standard, record)
                for case in rule.cases
                for schema in _if(case.when, record, home, False, rule.id)
            ),
            # OSC-070: a question is answered or declared, not both.
            *({"$comment": "OSC-070", "not": {"allOf": [_answered(name), _declared(name)]}} for name in record.fields),
        ],
    }


def inexpressible_rules(standard: Standard, kind: str) -> dict[str, str]:
    """Return the error rules and obligations that the schema omits, each with the part that it cannot express."""
    record = standard.records[kind]
    omitted = {}
    obligations = ((name, each.obligation) for name, each in record.fields.items())
    conditions = [(name, each) for name, each in obligations if isinstance(each, Condition)]
    conditions += [(rule.id, case.when) for rule in _error_rules(standard, record) for case in rule.cases]
    for label, condition in conditions:
        try:
            _condition(condition.source, record, "XX")
        except InexpressibleError as error:
            omitted[label] = str(error)
    return omitted


def _error_rules(standard: Standard, record: RecordType) -> Iterator[Rule]:
    yield from (rule for rule in standard.rules.values() if rule.severity == "error" and record.type in rule.records)


def _field_schema(standard: Standard, field: Field, translate: Translate) -> Schema:
    described = {"title": translate(field.label), "description": translate(field.question)}
    if not field.type.is_list:
        return described | {"anyOf": [_BLANK, _entry(standard, field)]}
    listed = {"type": "array", "items": _entry(standard, field), "maxItems": MAX_ENTRIES}
    if field.type is AnswerType.CODES and UNKNOWN in standard.vocabulary_of(field).codes:
        listed |= {"if": {"contains": {"const": UNKNOWN}}, "then": {"items": {"const": UNKNOWN}}}
    return described | {"anyOf": [_BLANK, listed]}


def _entry(standard: Standard, field: Field) -> Schema:
    if field.type.is_coded:
        return {"enum": list(standard.vocabulary_of(field).codes)}
    return _ENTRIES[field.type]


def _defined(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


_BLANK = _defined("blank")
_TEXT = _defined("text")
_URL = _defined("url")
_URN: Schema = {"allOf": [_TEXT], "pattern": URN}
_TEXT_OR_URL: Schema = {
    "allOf": [_TEXT, {"not": {"pattern": UNSAFE}}],
    "if": {"pattern": STARTS_AS_WEB},
    "then": _URL,
}
_DEFINITIONS: Mapping[str, Schema] = {
    "blank": {"$comment": "no answer", "type": ["string", "null"], "pattern": BLANK},
    "answered": {"not": {"anyOf": [_BLANK, {"type": "array", "maxItems": 0}]}},
    "text": {
        "type": "string",
        "minLength": 1,
        "maxLength": MAX_TEXT,
        "not": {"anyOf": [{"pattern": MARKUP}, {"pattern": CONTROL}]},
    },
    "url": {"allOf": [_TEXT], "pattern": WEB, "maxLength": 2000},
    "country": {"enum": sorted(country_codes())},
}
_ENTRIES: Mapping[AnswerType, Schema] = {
    AnswerType.TEXT: _TEXT,
    AnswerType.LONG_TEXT: _TEXT,
    AnswerType.TEXTS: _TEXT,
    AnswerType.ALGORITHMS: _TEXT,
    AnswerType.TEXT_OR_URL: _TEXT_OR_URL,
    AnswerType.TEXTS_OR_URIS: {"anyOf": [_URN, _TEXT_OR_URL]},
    AnswerType.CONTACT: {"allOf": [_TEXT], "pattern": CONTACT},
    AnswerType.URL: _URL,
    AnswerType.URLS: _URL,
    AnswerType.URI: {"anyOf": [_URL, _URN]},
    AnswerType.DATE: {"type": "string", "format": "date", "pattern": DATE},
    AnswerType.DURATION: {"type": "string", "pattern": DURATION},
    AnswerType.COUNTRY: _defined("country"),
    AnswerType.COUNTRIES: _defined("country"),
    AnswerType.JURISDICTIONS: {"anyOf": [{"const": EUROPEAN_UNION}, _defined("country")]},
    AnswerType.UUID: {"type": "string", "pattern": UUID},
}


def _declarations(record: RecordType) -> Schema:
    unknown = {"properties": {"state": {"const": "unknown"}, "reason": {"anyOf": [_BLANK, _TEXT]}}}
    not_applicable = {
        "properties": {"state": {"const": "not_applicable"}, "reason": _TEXT | {"not": _BLANK}},
        "required": ["reason"],
    }
    entry: Schema = {"type": "object", "required": ["state"], "properties": {"state": True, "reason": True}}
    entry |= {"additionalProperties": False, "anyOf": [unknown, not_applicable]}
    declared = {"type": "object", "propertyNames": {"enum": list(record.fields)}, "additionalProperties": entry}
    return {"anyOf": [{"enum": ["", None]}, declared]}


def _required(record: RecordType, home: str | None) -> Iterator[Schema]:
    for name, field in record.fields.items():
        if field.obligation == "always":
            yield _given(name)
        elif isinstance(field.obligation, Condition):
            yield from _if(field.obligation, record, home, _given(name))


def _if(condition: Condition, record: RecordType, home: str | None, then: Any, rule: str = "") -> Iterator[Schema]:
    try:
        when = _condition(condition.source, record, home)
    except InexpressibleError:
        return
    yield ({"$comment": rule} if rule else {}) | {"if": when, "then": then}


def _given(name: str) -> Schema:
    return {"anyOf": [_answered(name), _declared(name)]}


def _answered(name: str) -> Schema:
    return {"required": [name], "properties": {name: _defined("answered")}}


def _declared(name: str) -> Schema:
    return {"required": [DECLARED_FIELD], "properties": {DECLARED_FIELD: {"type": "object", "required": [name]}}}


def _condition(source: Mapping[str, Any], record: RecordType, home: str | None) -> Schema:
    parts = [_part(key, value, record, home) for key, value in source.items()]
    return parts[0] if len(parts) == 1 else {"allOf": parts}


def _part(key: str, value: Any, record: RecordType, home: str | None) -> Schema:
    if key in ("any", "all"):
        return {f"{key}Of": [_condition(item, record, home) for item in value]}
    if key == "not":
        return {"not": _condition(value, record, home)}
    if key not in record.fields:
        return _licence_fact(key, value)
    if isinstance(value, Mapping):
        tests = [_predicate(record.fields[key], name, expected, home) for name, expected in value.items()]
        return tests[0] if len(tests) == 1 else {"allOf": tests}
    return _matches(record.fields[key], {"enum": [value] if isinstance(value, str) else list(value)})


def _matches(field: Field, entry: Schema) -> Schema:
    test = {"type": "array", "contains": entry} if field.type.is_list else entry
    return {"required": [field.name], "properties": {field.name: test}}


def _licence_fact(name: str, expected: bool) -> Schema:
    if name != "licence_open":
        raise InexpressibleError(name)
    stated = {"required": ["isopen"], "properties": {"isopen": {"type": "boolean"}}}
    open_by_id = {"required": ["license_id"], "properties": {"license_id": {"enum": sorted(OPEN_LICENCES)}}}
    is_open = {"if": stated, "then": {"properties": {"isopen": {"const": True}}}, "else": open_by_id}
    return is_open if expected else {"not": is_open}


def _predicate(field: Field, name: str, expected: Any, home: str | None) -> Schema:
    if name == "answered":
        test: Schema = _answered(field.name)
    elif name == "missing":
        test = {"not": _given(field.name)}
    elif name == "outside_home":
        area = sorted(home_area(home))
        test = _matches(field, {"not": {"enum": area}}) if area else {"not": {}}
    else:
        raise InexpressibleError(f"{field.name}: {name}")
    return test if expected is True else {"not": test}
