"""Index documents: codes as facets; levels, gaps and concerns for each phase; dates for range queries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from .. import config
from ..exchange.registers import SOURCE_KEY
from ..governance.governance import ALGORITHM_TYPE
from ..governance.model.packages import former_names_of
from ..standard import (
    DECLARED_FIELD,
    AnswerType,
    Assessment,
    Reading,
    RecordType,
    assess_reading,
    read_record,
    with_today,
)
from ..standard.assessment import due_fields
from ..standard.model import as_list
from ..standard.predicates import marks
from . import fields
from .assessment_codec import build_verdicts, serialize_verdicts
from .facet_fields import indexed_facets
from .index_format import mark
from .turns import PHASES, TURNS, solr_day

# CKAN's limit for dataset names: a longer text cannot name an algorithm of this portal.
_MAX_NAME = 100


def index_answers(pkg_dict: dict[str, Any]) -> dict[str, Any]:
    """Replace each answer in a Solr document by its facet. The text of answers stays searchable as `extras_*`."""
    record_type = config.standard().types.get(pkg_dict.get("dataset_type", ""))
    if record_type is None:
        return pkg_dict
    record = json.loads(pkg_dict["validated_data_dict"])
    _remove_answers(pkg_dict, record_type)
    reading = read_record(config.standard(), record, config.settings())
    pkg_dict.update(_facets(reading))
    for name, day in (
        (fields.REVIEW_DATE, reading.dates.review_due),
        (fields.RETENTION_DATE, reading.dates.retention_due),
    ):
        if day:
            pkg_dict[name] = solr_day(day)
    pkg_dict.update(_assessment_fields(record, reading))
    reasons = [entry.reason for entry in reading.declarations.values() if entry.reason]
    if reasons:
        pkg_dict[f"extras_{DECLARED_FIELD}"] = "\n".join(reasons)
    if record_type.type == ALGORITHM_TYPE:
        pkg_dict[fields.FORMER_NAMES] = former_names_of(pkg_dict["id"])
    return pkg_dict


def _remove_answers(pkg_dict: dict[str, Any], record_type: RecordType) -> None:
    """Remove raw answers, which may exceed Solr's limit for string fields, and codes from the full-text fields."""
    for name, field in record_type.fields.items():
        pkg_dict.pop(name, None)
        if field.type in fields.CODED:
            pkg_dict.pop(f"extras_{name}", None)
    # An extra may have the name of a field that we do not set for every record.
    own = (*TURNS, *(fields.LEVEL_FIELD + phase for phase in PHASES), fields.REVIEW_DATE, fields.RETENTION_DATE)
    for name in (*own, DECLARED_FIELD, SOURCE_KEY, f"extras_{DECLARED_FIELD}"):
        pkg_dict.pop(name, None)


def _facets(reading: Reading) -> Iterator[tuple[str, Any]]:
    """Yield the facets that do not depend on the date: codes, answered and declared questions, facts, fingerprint."""
    facets = indexed_facets(config.standard())
    for name, field in reading.record_type.fields.items():
        answer = as_list(reading.answers.get(name))
        if field.type in fields.CODED:
            yield from facets[fields.PREFIX + name].document(answer)
        elif field.type is AnswerType.ALGORITHMS and answer:
            yield fields.PREFIX + name, [entry for entry in answer if len(entry) <= _MAX_NAME]
    for name, values in _reading_facets(reading).items():
        yield from facets[name].document(values)
    yield fields.MARK, mark(config.standard(), config.settings())


def _reading_facets(reading: Reading) -> dict[str, list[str]]:
    return {
        fields.ANSWERED: list(reading.answers),
        fields.DECLARED: list(reading.declared),
        fields.FACT: list(marks(reading.record_type.fields.values(), reading)),
    }


def _assessment_fields(record: Mapping[str, Any], reading: Reading) -> Iterator[tuple[str, Any]]:
    """Yield the turns of the assessment, and its facets before and after each of them."""
    days = _turns(reading)
    yield from zip(TURNS, map(solr_day, days), strict=False)
    # Each phase is assessed on its first day, the one that today belongs to on today.
    first_days = [date.min, *(day + timedelta(days=1) for day in days)]
    last_days = [*days, date.max]
    judged = [min(max(first, reading.today), last) for first, last in zip(first_days, last_days, strict=True)]
    assessments = [assess_reading(config.standard(), with_today(reading, record, day)) for day in judged]
    facets = indexed_facets(config.standard())
    for phase, assessment in zip(PHASES, assessments, strict=False):
        for name, values in _assessment_facets(assessment).items():
            yield from facets[name].document(values, phase)
    yield fields.ROW, serialize_verdicts(build_verdicts(days, assessments))


def _turns(reading: Reading) -> list[date]:
    """Return the last day of each phase but the last: of the review, of keeping, and before a day that a rule awaits.

    Solr has fields for two. Of more, the next two are kept, and a later one needs the record to be indexed again.
    """
    dates = reading.dates
    answers = (reading.answers.get(name) for name in due_fields(config.standard(), reading.record_type))
    awaited = [date.fromisoformat(answer) for answer in answers if isinstance(answer, str)]
    days = {day for day in (dates.review_due, dates.retention_due) if day and day < date.max}
    days |= {day - timedelta(days=1) for day in awaited if day > reading.today}
    if len(days) > len(TURNS):
        days = {day for day in days if day >= reading.today}
    return sorted(days)[: len(TURNS)]


def _assessment_facets(assessment: Assessment) -> dict[str, list[str]]:
    return {
        fields.LEVEL: [assessment.level],
        fields.GROUP_LEVEL: [f"{group.group.id}:{group.level}" for group in assessment.groups],
        fields.MISSING: list(assessment.missing),
        fields.UNKNOWN: list(assessment.unknown),
        fields.CONCERN: sorted({finding.rule for finding in assessment.concerns}),
    }


def facet_values(record: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the values of all facets of a record as of today, by public name, without facets that it does not have."""
    reading = read_record(config.standard(), record, config.settings())
    values = _assessment_facets(assess_reading(config.standard(), reading)) | _reading_facets(reading)
    for name, field in reading.record_type.fields.items():
        if field.type in fields.CODED:
            values[fields.PREFIX + name] = list(as_list(reading.answers.get(name)))
    return {name: entries for name, entries in values.items() if entries}
