"""The answers that an organisation usually gives: which questions can have one, and what is refused."""

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
from .dictize import dictize_state
from .edit_baseline import is_unfinished
from .governance import missing_systems


def usual_fields(kind: RecordType) -> dict[str, Field]:
    """Return the questions that can have a usual answer: a date belongs to one record."""
    return {name: field for name, field in kind.fields.items() if field.type is not AnswerType.DATE}


def checked_answers(context: Context, kind: RecordType, sent: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Return the answers in the form in which they are kept; ValidationError naming field and rule for all others."""
    strange = {name: [_strange(name)] for name in sent if name not in {*usual_fields(kind), DECLARED_FIELD}}
    reading, assessment = _read(kind, sent)
    refused = [finding for finding in assessment.errors if not is_unfinished(finding, reading)]
    for finding in (*refused, *missing_systems(context, reading)):
        for name in finding.fields:
            strange.setdefault(name, []).append(f"{finding.message.render(language.translate)} ({finding.rule})")
    for name in reading.declarations.keys() - usual_fields(kind).keys():
        strange[name] = [_strange(name)]
    if strange:
        raise tk.ValidationError(strange)
    declared = dump_declarations(reading.declarations)
    return dict(reading.answers) | ({DECLARED_FIELD: declared} if declared else {})


def _read(kind: RecordType, answers: Mapping[str, Any]) -> tuple[Reading, Assessment]:
    reading = read_record(config.standard(), {**answers, "type": kind.type}, config.settings())
    return reading, assess_reading(config.standard(), reading)


def _strange(name: str) -> str:
    text = tk._("“{value}” is not a question that can have a usual answer. (OSC-003)")
    return str(text).format(value=shorten(name))


def offers(kind: RecordType, answers: Mapping[str, Any], language: Language) -> list[dict[str, Any]]:
    """Return what is offered beside a question, with its words; what the standard no longer accepts is not offered."""
    _, assessment = _read(kind, answers)
    stated = (state for state in assessment.states.values() if state.state not in ("missing", "not_required"))
    return [dictize_state(config.standard(), state, language) for state in stated]
