"""The JSON-LD context of the standard: each question and each code of a record under the term that it stands for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from .assessment import LEVELS
from .model import AnswerType, Field, Standard
from .record_reader import FIELD as DECLARED_FIELD
from .serialize import standard_digest

PLACES = "https://w3id.org/dpv/loc#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
# What an assessment says, beside the answers.
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
    """Return the context: it reads plain records as well as NGSI-LD entities, whose attributes are objects."""
    context: dict[str, Any] = {"@version": 1.1, "osc": standard.namespace}
    context |= {kind.capitalize(): f"{standard.namespace}{kind.capitalize()}" for kind in standard.records}
    # The word of Smart Data Models, whose context comes after this one.
    context.pop("Dataset", None)
    for field in fields(standard).values():
        context[field.name] = _term(standard, field)
    return {"@context": context | _assessed(standard) | {DECLARED_FIELD: _declared(standard)}, **_about(standard)}


@cache
def fields(standard: Standard) -> dict[str, Field]:
    """Return each question by its name, of a name in two kinds of record the first."""
    every = [field for record in standard.records.values() for field in record.fields.values()]
    return {field.name: field for field in reversed(every)}


@cache
def shared_terms(standard: Standard) -> frozenset[str]:
    """Return the questions whose term is also that of another question: whoever reads terms alone mixes them up."""
    named: dict[str, list[str]] = {}
    for field in fields(standard).values():
        named.setdefault(field.iri, []).append(field.name)
    return frozenset(name for names in named.values() if len(names) > 1 for name in names)


def _about(standard: Standard) -> dict[str, str]:
    # Not part of the context: JSON-LD processors read `@context` alone.
    return {"version": standard.version, "digest": standard_digest(standard)}


def _term(standard: Standard, field: Field) -> Term:
    return {"@id": field.iri} | dict(_coercion(standard, field))


def _coercion(standard: Standard, field: Field) -> Iterator[tuple[str, Any]]:
    if field.type.is_coded:
        codes = standard.vocabulary_of(field).codes
        yield "@type", "@vocab"
        # Only within this question: `unknown` and `other_law` are codes of many, each with a term of its own.
        yield "@context", {name: code.iri for name, code in codes.items()}
    elif field.type in _COUNTRIES:
        yield "@type", "@vocab"
        yield "@context", {"@vocab": PLACES}
    elif field.type in _DATATYPES:
        yield "@type", _DATATYPES[field.type]


def _assessed(standard: Standard) -> dict[str, Term]:
    own = standard.namespace
    levels = {level: f"{own}level-{level}" for level in LEVELS}
    questions = {name: {"@id": f"{own}{name}", "@type": "@vocab", "@context": _questions(standard)} for name in _NAMING}
    return questions | {
        LEVEL: {"@id": own + LEVEL, "@type": "@vocab", "@context": levels},
        GROUP_LEVELS: {"@id": own + GROUP_LEVELS},
        CONCERNS: {"@id": own + CONCERNS, "@type": "@vocab", "@context": {rule: own + rule for rule in standard.rules}},
        STANDARD: {"@id": own + STANDARD},
        DIGEST: {"@id": own + DIGEST},
        RETENTION_DUE: {"@id": own + RETENTION_DUE, "@type": f"{_XSD}date"},
    }


_NAMING = (MISSING, UNKNOWN)


def _questions(standard: Standard) -> dict[str, str]:
    """Return each question as a thing of our own, whatever the term of its answers is."""
    return {name: f"{standard.namespace}question-{name}" for name in fields(standard)}


def _declared(standard: Standard) -> Term:
    own = standard.namespace
    within = _questions(standard) | {"state": f"{own}state", "reason": f"{own}reason"}
    return {"@id": own + DECLARED_FIELD, "@context": within}
