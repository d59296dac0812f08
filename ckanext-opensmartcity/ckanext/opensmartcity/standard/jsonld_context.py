"""JSON-LD 1.1 context of the standard: maps each field and each code to its IRI."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from .assessment import LEVELS
from .model import AnswerType, Field, Standard
from .record_reader import DECLARED_FIELD
from .serialize import standard_digest

PLACES = "https://w3id.org/dpv/loc#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
# Names of the results of an assessment.
LEVEL, GROUP_LEVELS = "governance_level", "governance_group_levels"
MISSING, UNKNOWN, CONCERNS = "governance_missing", "governance_unknown", "governance_concerns"
STANDARD, DIGEST = "governance_standard", "governance_standard_digest"
RETENTION_DUE = "governance_retention_due"

_COUNTRIES = frozenset({AnswerType.COUNTRY, AnswerType.COUNTRIES, AnswerType.JURISDICTIONS})
_DATATYPES = {
    AnswerType.DATE: f"{_XSD}date",
    AnswerType.DURATION: f"{_XSD}duration",
    AnswerType.URI: "@id",
    AnswerType.URL: "@id",
    AnswerType.URLS: "@id",
}

Term = dict[str, Any]


@cache
def json_ld_context(standard: Standard) -> dict[str, Any]:
    """Return the context, for plain records as well as for NGSI-LD entities, whose attributes are objects."""
    context: dict[str, Any] = {"@version": 1.1, "osc": standard.namespace}
    context |= {kind.capitalize(): f"{standard.namespace}{kind.capitalize()}" for kind in standard.records}
    # Defined by Smart Data Models, whose context follows this one.
    context.pop("Dataset", None)
    for field in fields(standard).values():
        context[field.name] = {"@id": field.iri} | dict(_coercion(standard, field))
    own = standard.namespace
    reasons = _questions(standard) | {"state": f"{own}state", "reason": f"{own}reason"}
    context |= _assessment_terms(standard) | {DECLARED_FIELD: {"@id": own + DECLARED_FIELD, "@context": reasons}}
    # Only `@context` is read by JSON-LD processors.
    return {"@context": context, "version": standard.version, "digest": standard_digest(standard)}


@cache
def fields(standard: Standard) -> dict[str, Field]:
    """Return all fields by name; of a name in two record types, the first."""
    every = [field for record in standard.records.values() for field in record.fields.values()]
    return {field.name: field for field in reversed(every)}


@cache
def shared_terms(standard: Standard) -> frozenset[str]:
    """Return the names of fields that share their IRI with another field, which IRIs alone cannot tell apart."""
    count = Counter(field.iri for field in fields(standard).values())
    return frozenset(field.name for field in fields(standard).values() if count[field.iri] > 1)


def _coercion(standard: Standard, field: Field) -> Iterator[tuple[str, Any]]:
    if field.type.is_coded:
        codes = standard.vocabulary_of(field).codes
        yield "@type", "@vocab"
        # Scoped to this field: `unknown` and `other_law` are codes of several vocabularies, with different IRIs.
        yield "@context", {name: code.iri for name, code in codes.items()}
    elif field.type in _COUNTRIES:
        yield "@type", "@vocab"
        yield "@context", {"@vocab": PLACES}
    elif field.type in _DATATYPES:
        yield "@type", _DATATYPES[field.type]


def _assessment_terms(standard: Standard) -> dict[str, Term]:
    own = standard.namespace
    levels = {level: f"{own}level-{level}" for level in LEVELS}
    questions = {
        name: {"@id": f"{own}{name}", "@type": "@vocab", "@context": _questions(standard)}
        for name in (MISSING, UNKNOWN)
    }
    return questions | {
        LEVEL: {"@id": own + LEVEL, "@type": "@vocab", "@context": levels},
        GROUP_LEVELS: {"@id": own + GROUP_LEVELS},
        CONCERNS: {"@id": own + CONCERNS, "@type": "@vocab", "@context": {rule: own + rule for rule in standard.rules}},
        STANDARD: {"@id": own + STANDARD},
        DIGEST: {"@id": own + DIGEST},
        RETENTION_DUE: {"@id": own + RETENTION_DUE, "@type": f"{_XSD}date"},
    }


def _questions(standard: Standard) -> dict[str, str]:
    """Return an IRI for each question itself, as opposed to the property of its answers."""
    return {name: f"{standard.namespace}question-{name}" for name in fields(standard)}
