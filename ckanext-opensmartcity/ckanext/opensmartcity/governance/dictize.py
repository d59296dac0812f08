"""Assessments as JSON values for the API, with texts in the reader's language."""

from __future__ import annotations

from datetime import datetime

from ..standard import (
    Assessment,
    FieldState,
    Finding,
    Language,
    RecordType,
    Sentence,
    Standard,
    display_answer,
    render_sentences,
    standard_digest,
)
from ..standard.migration import EarlierAnswer
from .types import AssessmentResult, EarlierAnswerResult, FieldResult, FindingResult, NextStepResult, SentenceResult


def dictize_assessment(
    standard: Standard, record_type: RecordType, assessment: Assessment, language: Language
) -> AssessmentResult:
    """Return level, groups, missing, unknown, concerns, next step and dates of one assessment."""
    dates, sentences, step = assessment.dates, render_sentences(standard, assessment, language), assessment.next_step
    next_step: NextStepResult | None = None
    if step is not None:
        field = record_type.fields.get(step.field)
        next_step = {
            "field": step.field,
            "group": field.group if field else None,
            "question": language.translate(field.question) if field else None,
            "action": step.action,
            "message": step.message.render(language.translate),
        }
    return {
        "standard": {"version": standard.version, "digest": standard_digest(standard), "recorded": None},
        "level": assessment.level,
        "groups": [
            {
                "id": group.group.id,
                "label": language.translate(group.group.label),
                "question": language.translate(group.group.question),
                "level": group.level,
                "fields": [dictize_state(standard, state, language) for state in group.fields],
                "sentences": [dictize_sentence(sentence) for sentence in sentences[group.group.id]],
            }
            for group in assessment.groups
        ],
        "missing": list(assessment.missing),
        "unknown": list(assessment.unknown),
        "concerns": [dictize_finding(finding, language) for finding in assessment.concerns],
        "next_step": next_step,
        "reviewed_on": dates.reviewed_on.isoformat() if dates.reviewed_on else None,
        "review_due": dates.review_due.isoformat() if dates.review_due else None,
        "review_overdue": dates.review_overdue,
        "retention_due": dates.retention_due.isoformat() if dates.retention_due else None,
        "disposal_overdue": dates.disposal_overdue,
        "assessed_at": dates.today.isoformat(),
    }


def dictize_finding(finding: Finding, language: Language) -> FindingResult:
    """Return rule id, fields and message of one finding."""
    return {
        "rule": finding.rule,
        "fields": list(finding.fields),
        "message": finding.message.render(language.translate),
    }


def dictize_earlier(answer: EarlierAnswer, language: Language) -> EarlierAnswerResult:
    """Return an answer to a question of an earlier version of the standard, with the question that replaced it."""
    return {
        "name": answer.field,
        "label": language.translate(answer.label),
        "value": answer.value,
        "becomes": answer.becomes,
        "message": language.translate(answer.message),
    }


def dictize_sentence(sentence: Sentence) -> SentenceResult:
    """Return one sentence as text and in parts; a part with a `field` is a value of its answer."""
    return {
        "id": sentence.id,
        "state": sentence.state,
        "fields": list(sentence.fields),
        "text": sentence.text,
        "parts": [
            {"text": part.text, "field": part.field, "value": part.value} if part.field else {"text": part.text}
            for part in sentence.parts
        ],
        "quote": sentence.quote,
    }


def dictize_state(standard: Standard, state: FieldState, language: Language) -> FieldResult:
    """Return the state of one question, with its answer as stored and in words."""
    field, answer = state.field, state.value
    return {
        "name": field.name,
        "label": language.translate(field.label),
        "type": field.type.value,
        "value": list(answer) if isinstance(answer, tuple) else answer,
        "display": None if answer is None else display_answer(standard, field, answer, language),
        "state": state.state,
        "required": state.required,
        "reason": state.reason or None,
        "iri": field.iri,
    }


def iso_time(time: datetime | None) -> str | None:
    """Return a time as ISO 8601 text, to the second."""
    return time.isoformat(timespec="seconds") if time else None
