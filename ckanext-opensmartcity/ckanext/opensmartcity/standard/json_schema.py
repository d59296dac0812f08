"""JSON Schema 2020-12 of the records of a standard, for suppliers that validate without this package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .answers import MAX_ENTRIES, MAX_TEXT, UNKNOWN
from .countries import EUROPEAN_UNION, country_codes, home_area
from .expressions import Expression, InexpressibleError, Schema
from .i18n import Translate
from .model import AnswerType, Condition, Field, RecordType, Rule, Standard
from .patterns import BLANK, CONTACT, CONTROL, DATE, DURATION, MARKUP, STARTS_AS_WEB, UNSAFE, URN, UUID, WEB
from .record_reader import DECLARED_FIELD
from .roles import RuleRole
from .visible_text import VISIBLE

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(standard: Standard, kind: str, home: str | None = None, translate: Translate = str) -> Schema:
    """Return the JSON Schema of a record type. Rules about the home jurisdiction are left out if `home` is None."""
    record, doubled = standard.records[kind], standard.rule_roles[RuleRole.ANSWERED_AND_DECLARED].id
    schemas = RecordSchemas(record, home_area(home))
    return {
        "$schema": DIALECT,
        "$id": f"{standard.namespace.rstrip('#/')}/schema/{standard.version}/{kind}.json",
        "title": f"{translate(standard.name)}: {kind}",
        "$defs": {
            **_DEFINITIONS,
            "placeholder": {"$comment": "counts as not known", "pattern": standard.placeholders.pattern},
        },
        "type": "object",
        "properties": {
            "type": {"enum": [kind, "", None]} if kind == "dataset" else {"const": kind},
            **{name: _field_schema(standard, field, translate) for name, field in record.fields.items()},
            DECLARED_FIELD: _declarations(record),
        },
        "allOf": [
            *_required(schemas),
            *(
                schema
                for rule in _error_rules(standard, record)
                for case in rule.cases
                for schema in _if(case.when, schemas, False, rule.id)
            ),
            # A question is answered or declared, not both.
            *(
                {"$comment": doubled, "not": {"allOf": [schemas.answered(name), schemas.declared(name)]}}
                for name in record.fields
            ),
        ],
    }


def inexpressible_rules(standard: Standard, kind: str) -> dict[str, Expression]:
    """Return the error rules and obligations that the schema omits, each with the part that it cannot express."""
    record = standard.records[kind]
    omitted = {}
    obligations = ((name, each.obligation) for name, each in record.fields.items())
    conditions = [(name, each) for name, each in obligations if isinstance(each, Condition)]
    conditions += [(rule.id, case.when) for rule in _error_rules(standard, record) for case in rule.cases]
    for label, condition in conditions:
        try:
            condition.expression.json_schema(RecordSchemas(record, frozenset({"XX"})))
        except InexpressibleError as error:
            omitted[label] = error.expression
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
# A text, or a list of nothing else.
_PLACEHOLDER: Schema = {
    "type": ["string", "array"],
    "allOf": [_defined("placeholder")],
    "items": {"type": "string", "allOf": [_defined("placeholder")]},
}
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
        "pattern": VISIBLE,
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


@dataclass(frozen=True)
class RecordSchemas:
    """Schemas about the fields of a record type, of which conditions consist (see `expressions.RecordSchema`)."""

    record: RecordType
    home: frozenset[str]

    def answered(self, field: str) -> Schema:
        """Return the schema of records that answer a field."""
        answered = _defined("answered")
        return self._with(field, {"allOf": [answered], "not": _PLACEHOLDER} if self._is_prose(field) else answered)

    def declared(self, field: str) -> Schema:
        """Return the schema of records that declare a field unknown or not applicable, or hold a placeholder."""
        declarations = {"type": "object", "required": [field]}
        declared = {"required": [DECLARED_FIELD], "properties": {DECLARED_FIELD: declarations}}
        if not self._is_prose(field):
            return declared
        return {"anyOf": [declared, self._with(field, {"allOf": [_defined("answered"), _PLACEHOLDER]})]}

    def given(self, field: str) -> Schema:
        """Return the schema of records that answer or declare a field."""
        return {"anyOf": [self.answered(field), self.declared(field)]}

    def matches(self, field: str, entry: Schema) -> Schema:
        """Return the schema of records whose answer matches `entry`; for a list, at least one entry of it."""
        known = self.record.fields.get(field)
        is_list = known is not None and known.type.is_list
        return self._with(field, {"type": "array", "contains": entry} if is_list else entry)

    def _is_prose(self, field: str) -> bool:
        return field in self.record.fields and self.record.fields[field].type.is_prose

    def _with(self, field: str, answer: Schema) -> Schema:
        if field not in self.record.fields:
            return {"not": {}}
        return {"required": [field], "properties": {field: answer}}


def _required(schemas: RecordSchemas) -> Iterator[Schema]:
    for name, field in schemas.record.fields.items():
        if field.obligation == "always":
            yield schemas.given(name)
        elif isinstance(field.obligation, Condition):
            yield from _if(field.obligation, schemas, schemas.given(name))


def _if(condition: Condition, schemas: RecordSchemas, then: Any, rule: str = "") -> Iterator[Schema]:
    try:
        when = condition.expression.json_schema(schemas)
    except InexpressibleError:
        return
    yield ({"$comment": rule} if rule else {}) | {"if": when, "then": then}
