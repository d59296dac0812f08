"""What the search index is told: codes as facets, levels, gaps and concerns as they turn, and dates for ranges."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
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
    Field,
    Reading,
    RecordType,
    assess_reading,
    read_record,
    with_today,
)
from ..standard.model import as_list
from . import encoding, fields
from .assessment_codec import verdicts_of, write_verdicts

_MAX_NAME = 100  # of a dataset in CKAN: nothing longer can be a system of this portal


def index_answers(pkg_dict: dict[str, Any]) -> dict[str, Any]:
    """Replace each answer by its facet; the words of answers stay searchable as `extras_`."""
    record_type = config.standard().records.get(pkg_dict.get("dataset_type", ""))
    if record_type is None:
        return pkg_dict
    record = json.loads(pkg_dict["validated_data_dict"])
    _forget_answers(pkg_dict, record_type)
    reading = read_record(config.standard(), record, replace(config.settings(), today=date.min))
    pkg_dict.update(_facets(reading))
    pkg_dict.update(_known(reading))
    pkg_dict.update(_dates(reading))
    pkg_dict.update(_turning(record, reading))
    pkg_dict.update(_reasons(reading))
    if record_type.type == ALGORITHM_TYPE:
        pkg_dict[fields.FORMER_NAMES] = former_names_of(pkg_dict["id"])
    return pkg_dict


def _forget_answers(pkg_dict: dict[str, Any], record_type: RecordType) -> None:
    """Drop bare answers, which may be too long for a string field, and the text of codes, which are no words."""
    for name, field in record_type.fields.items():
        pkg_dict.pop(name, None)
        if field.type in fields.CODED:
            pkg_dict.pop(f"extras_{name}", None)
    for name in (DECLARED_FIELD, SOURCE_KEY, f"extras_{DECLARED_FIELD}"):
        pkg_dict.pop(name, None)


def _facets(reading: Reading) -> Iterator[tuple[str, list[str]]]:
    for name, field in reading.record_type.fields.items():
        if codes := _codes(field, as_list(reading.answers.get(name))):
            yield fields.PREFIX + name, codes


def _codes(field: Field, answer: Iterable[str]) -> list[str]:
    if field.type in fields.CODED:
        return [encoding.encode(code) for code in answer]
    return [name for name in answer if len(name) <= _MAX_NAME] if field.type is AnswerType.ALGORITHMS else []


def _known(reading: Reading) -> Iterator[tuple[str, Any]]:
    """Yield what figures count: which questions have an answer, which facts hold on any day, and by which rules."""
    yield fields.ANSWERED, [encoding.encode(name) for name in reading.answers]
    yield fields.FACT, [encoding.encode(name) for name, holds in reading.facts.items() if holds]
    yield fields.MARK, encoding.mark(config.standard(), config.settings())


def _dates(reading: Reading) -> Iterator[tuple[str, str]]:
    dates = reading.dates
    for name, day in ((fields.REVIEW_DATE, dates.review_due), (fields.RETENTION_DATE, dates.retention_due)):
        if day:
            yield name, encoding.solr_day(day)


def _turning(record: Mapping[str, Any], reading: Reading) -> Iterator[tuple[str, Any]]:
    """Yield what the assessment says before and after each of its turns, and when they are."""
    days = sorted({day for day in (reading.dates.review_due, reading.dates.retention_due) if day and day < date.max})
    yield from zip(encoding.TURNS, map(encoding.solr_day, days), strict=False)
    later = (with_today(reading, record, day + timedelta(days=1)) for day in days)
    assessments = [assess_reading(config.standard(), seen) for seen in (reading, *later)]
    for suffix, assessment in zip(("", encoding.LATE, encoding.LATER), assessments, strict=False):
        for name, values in _assessed(assessment).items():
            yield name + suffix, values
    yield fields.UNKNOWN, [encoding.encode(name) for name in assessments[0].unknown]
    yield fields.ROW, write_verdicts(verdicts_of(days, assessments))


def _assessed(assessment: Assessment) -> dict[str, list[str]]:
    return {
        fields.LEVEL: [encoding.encode(assessment.level)],
        fields.GROUP_LEVEL: [encoding.encode(f"{group.group.id}:{group.level}") for group in assessment.groups],
        fields.MISSING: [encoding.encode(name) for name in assessment.missing],
        fields.CONCERN: sorted({finding.rule for finding in assessment.concerns}),
    }


def _reasons(reading: Reading) -> Iterator[tuple[str, str]]:
    reasons = [entry.reason for entry in reading.declarations.values() if entry.reason]
    if reasons:
        yield f"extras_{DECLARED_FIELD}", "\n".join(reasons)
