"""Default answers of organisations: which questions can have one, and how they are validated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from .. import config
from ..standard import (
    DECLARED_FIELD,
    AnswerType,
    Assessment,
    Field,
    Language,
    Reading,
    RecordType,
    assess_reading,
    dump_declarations,
    read_record,
)
from ..standard.answers import shorten
from ..standard.record_reader import MAX_DECLARATIONS
from ..standard.roles import RuleRole
from .dictize import dictize_state
from .edit_baseline import is_unfinished
from .governance import unknown_algorithms
from .types import FieldResult


def default_answer_fields(kind: RecordType) -> dict[str, Field]:
    """Return the questions that can have a default answer: all but dates, which belong to one record."""
    return {name: field for name, field in kind.fields.items() if field.type is not AnswerType.DATE}


def validate_answers(context: Context, kind: RecordType, sent: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Return the answers in their stored form; ValidationError with field and rule if any is rejected."""
    if len(sent) > MAX_DECLARATIONS:
        text = tk._("This is too much for one request: at most {limit} values.").format(limit=MAX_DECLARATIONS)
        raise tk.ValidationError({"answers": [text]})
    known = default_answer_fields(kind)
    errors = {name: [_not_a_question(name)] for name in sent if name not in {*known, DECLARED_FIELD}}
    reading, assessment = _read(kind, sent)
    invalid = [finding for finding in assessment.errors if not is_unfinished(finding, reading)]
    # A placeholder would be offered as the answer of every dataset of the organisation.
    placeholders = [each for each in reading.doubts if not reading.placeholders.isdisjoint(each.fields)]
    for finding in (*invalid, *unknown_algorithms(context, reading), *placeholders):
        for name in finding.fields:
            errors.setdefault(name, []).append(f"{finding.message.render(language.translate)} ({finding.rule})")
    for name in reading.declarations.keys() - known.keys():
        errors[name] = [_not_a_question(name)]
    if errors:
        raise tk.ValidationError(errors)
    declared = dump_declarations(reading.declarations)
    return dict(reading.answers) | ({DECLARED_FIELD: declared} if declared else {})


def _read(kind: RecordType, answers: Mapping[str, Any]) -> tuple[Reading, Assessment]:
    reading = read_record(config.standard(), {**answers, "type": kind.type}, config.settings())
    return reading, assess_reading(config.standard(), reading)


def _not_a_question(name: str) -> str:
    text = tk._("“{value}” is not a question that can have a default answer.")
    rule = config.standard().rule_roles[RuleRole.WRONG_KIND]
    return f"{str(text).format(value=shorten(name))} ({rule.id})"


def dictize_offers(kind: RecordType, answers: Mapping[str, Any], language: Language) -> list[FieldResult]:
    """Return the default answers that the form offers, with labels; without those that the standard now rejects."""
    _, assessment = _read(kind, answers)
    stated = (state for state in assessment.states.values() if state.state not in ("missing", "not_required"))
    return [dictize_state(config.standard(), state, language) for state in stated]
