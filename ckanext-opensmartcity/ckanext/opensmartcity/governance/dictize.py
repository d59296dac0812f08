"""Assessments as the JSON values that the API promises, in the reader's language."""

from __future__ import annotations

from typing import Any

from ..standard import (
    Answer,
    Assessment,
    FieldState,
    Finding,
    GroupAssessment,
    Language,
    NextStep,
    Part,
    RecordType,
    Sentence,
    Standard,
    display_answer,
    render_sentences,
    standard_digest,
)
from ..standard.migration import EarlierAnswer


def dictize_assessment(
    standard: Standard, record_type: RecordType, assessment: Assessment, language: Language
) -> dict[str, Any]:
    """Return level, groups, missing, unknown, concerns, next step and dates of one assessment."""
    dates, sentences = assessment.dates, render_sentences(standard, assessment, language)
    return {
        "standard": {"version": standard.version, "digest": standard_digest(standard)},
        "level": assessment.level,
        "groups": [
            _group(standard, group, language) | {"sentences": list(map(dictize_sentence, sentences[group.group.id]))}
            for group in assessment.groups
        ],
        "missing": list(assessment.missing),
        "unknown": list(assessment.unknown),
        "concerns": [dictize_finding(finding, language) for finding in assessment.concerns],
        "next_step": _next_step(record_type, assessment.next_step, language),
        "reviewed_on": dates.reviewed_on and dates.reviewed_on.isoformat(),
        "review_due": dates.review_due and dates.review_due.isoformat(),
        "review_overdue": dates.review_overdue,
        "retention_due": dates.retention_due and dates.retention_due.isoformat(),
        "disposal_overdue": dates.disposal_overdue,
        "assessed_at": dates.today.isoformat(),
    }


def dictize_finding(finding: Finding, language: Language) -> dict[str, Any]:
    """Return rule id, fields and message of one finding."""
    return {
        "rule": finding.rule,
        "fields": list(finding.fields),
        "message": finding.message.render(language.translate),
    }


def dictize_earlier(answer: EarlierAnswer, language: Language) -> dict[str, Any]:
    """Return an answer of an earlier version of the standard, and what became of its question."""
    return {
        "name": answer.field,
        "label": language.translate(answer.label),
        "value": answer.value,
        "becomes": answer.becomes,
        "message": language.translate(answer.message),
    }


def dictize_sentence(sentence: Sentence) -> dict[str, Any]:
    """Return one sentence as text, and in parts: what has a `field` is a value of its answer."""
    return {
        "id": sentence.id,
        "state": sentence.state,
        "fields": list(sentence.fields),
        "text": sentence.text,
        "parts": [_part(part) for part in sentence.parts],
        "quote": sentence.quote,
    }


def _part(part: Part) -> dict[str, str | None]:
    return {"text": part.text} | ({"field": part.field, "value": part.value} if part.field else {})


def _group(standard: Standard, assessed: GroupAssessment, language: Language) -> dict[str, Any]:
    return {
        "id": assessed.group.id,
        "label": language.translate(assessed.group.label),
        "question": language.translate(assessed.group.question),
        "level": assessed.level,
        "fields": [dictize_state(standard, state, language) for state in assessed.fields],
    }


def dictize_state(standard: Standard, state: FieldState, language: Language) -> dict[str, Any]:
    """Return where one question stands: its answer in words, or what is said instead."""
    field, answer = state.field, state.value
    return {
        "name": field.name,
        "label": language.translate(field.label),
        "type": field.type.value,
        "value": _value(answer),
        "display": None if answer is None else display_answer(standard, field, answer, language),
        "state": state.state,
        "required": state.required,
        "reason": state.reason or None,
        "iri": field.iri,
    }


def _value(answer: Answer | None) -> str | list[str] | None:
    return list(answer) if isinstance(answer, tuple) else answer


def _next_step(record_type: RecordType, step: NextStep | None, language: Language) -> dict[str, Any] | None:
    if step is None:
        return None
    field = record_type.fields.get(step.field)
    return {
        "field": step.field,
        "group": field and field.group,
        "question": field and language.translate(field.question),
        "action": step.action,
        "message": step.message.render(language.translate),
    }
