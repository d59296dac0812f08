"""Answers and assessment of a record as attributes of its entity, in our own context."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...standard import DECLARED_FIELD, AnswerType, Assessment, FieldState, Standard, dump_declarations, standard_digest
from ...standard import context as words
from ...standard.answers import as_list
from .attributes import Attribute, a_code, a_date, a_property, a_relationship, an_object
from .portal import urn

_CODED = frozenset({AnswerType.COUNTRY, AnswerType.COUNTRIES, AnswerType.JURISDICTIONS})
Systems = Mapping[str, str]


def governance(standard: Standard, assessment: Assessment, systems: Systems) -> Iterator[tuple[str, Attribute]]:
    """Yield each answer, what is declared unknown or not applicable, and what the standard says of it all."""
    for name, state in assessment.states.items():
        if state.value is not None:
            yield name, _answer(state, systems) | _apart(standard, name)
    if declared := dump_declarations(assessment.reading.declarations):
        yield DECLARED_FIELD, an_object(declared)
    yield from _assessed(standard, assessment)


def _answer(state: FieldState, systems: Systems) -> Attribute:
    value = list(state.value) if isinstance(state.value, tuple) else state.value
    if state.field.type is AnswerType.SYSTEMS:
        return a_relationship([urn("Algorithm", systems.get(name, name)) for name in as_list(state.value)])
    if state.field.type.is_coded or state.field.type in _CODED:
        return a_code(value)
    return a_date(str(value)) if state.field.type is AnswerType.DATE else a_property(value)


def _apart(standard: Standard, name: str) -> Attribute:
    """Keep apart the answers of two questions that have one term: a broker would let one replace the other."""
    return {"datasetId": f"{standard.namespace}question-{name}"} if name in words.shared_terms(standard) else {}


def _assessed(standard: Standard, assessment: Assessment) -> Iterator[tuple[str, Attribute]]:
    at = {"observedAt": f"{assessment.dates.today.isoformat()}T00:00:00Z"}
    yield words.LEVEL, a_code(assessment.level) | at
    yield words.GROUP_LEVELS, an_object({group.group.id: group.level for group in assessment.groups}) | at
    for name, found in ((words.MISSING, assessment.missing), (words.UNKNOWN, assessment.unknown)):
        if found:
            yield name, a_code(list(found)) | at
    if rules := list(dict.fromkeys(finding.rule for finding in assessment.concerns)):
        yield words.CONCERNS, a_code(rules) | at
    if assessment.dates.retention_due:
        yield words.RETENTION_DUE, a_date(assessment.dates.retention_due.isoformat())
    yield words.STANDARD, a_property(standard.version)
    yield words.DIGEST, a_property(standard_digest(standard))
