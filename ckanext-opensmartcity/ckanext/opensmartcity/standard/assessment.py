"""Assessment of one record: levels of its groups, missing and unknown answers, errors, concerns and the next step.

A level describes how completely questions are answered. The level of a record is the lowest level of its groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from .facts import Dates
from .i18n import N_, Message
from .model import Answer, Condition, Field, Group, RecordType, Standard, Test
from .record_reader import Finding, Reading, Settings, is_unknown, read_record
from .roles import FieldRole

State = Literal["stated", "unknown", "not_applicable", "missing", "not_required"]
Level = Literal["silent", "started", "answered", "current"]

LEVELS: tuple[Level, ...] = ("silent", "started", "answered", "current")
_SILENT = frozenset({"missing", "not_required"})


class FieldState(NamedTuple):
    """State of one question: its answer if any, the reason of its declaration, and whether an answer is required."""

    field: Field
    state: State
    required: bool
    value: Answer | None = None
    reason: str = ""


class GroupAssessment(NamedTuple):
    """Level of a group and the states of its questions."""

    group: Group
    level: Level
    fields: tuple[FieldState, ...]


@dataclass(frozen=True)
class NextStep:
    """The most useful next edit of a record: which field, what kind of edit, and a message for the steward."""

    field: str
    action: Literal["mend", "answer", "find_out", "review"]
    message: Message


@dataclass(frozen=True)
class Assessment:
    """Assessment of one record on one day, from self-declared answers. The level is never an average."""

    level: Level
    groups: tuple[GroupAssessment, ...]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    gaps: tuple[Finding, ...]
    concerns: tuple[Finding, ...]
    errors: tuple[Finding, ...]
    next_step: NextStep | None
    dates: Dates
    reading: Reading = field(repr=False, compare=False)

    @property
    def states(self) -> dict[str, FieldState]:
        """States of all questions by field name."""
        return {state.field.name: state for group in self.groups for state in group.fields}


def assess(standard: Standard, record: Mapping[str, Any], settings: Settings) -> Assessment:
    """Assess a record: a CKAN dataset dict, or any mapping with the field names of the standard."""
    return assess_reading(standard, read_record(standard, record, settings))


def assess_reading(standard: Standard, reading: Reading) -> Assessment:
    """Assess a record that has already been read with `read_record`."""
    checks = _compile_checks(standard, reading.record_type)
    states = _field_states(reading, checks)
    missing = tuple(name for name, state in states.items() if state.state == "missing")
    findings = [finding for test, finding in checks.rules if test(reading)]
    errors = reading.invalid + tuple(finding for finding in findings if finding.severity == "error")
    concerns = reading.doubts + tuple(finding for finding in findings if finding.severity == "concern")
    groups = tuple(_assess_group(reading, group, states, errors, concerns) for group in reading.record_type.groups)
    return Assessment(
        level=min((group.level for group in groups), key=LEVELS.index),
        groups=groups,
        missing=missing,
        unknown=tuple(name for name, state in states.items() if state.state == "unknown"),
        gaps=tuple(checks.gaps[name] for name in missing),
        concerns=concerns,
        errors=errors,
        next_step=_next_step(reading, groups, errors, concerns),
        dates=reading.dates,
        reading=reading,
    )


@dataclass(frozen=True)
class _Checks:
    """Parts of an assessment that are the same for all records of a type, built once."""

    obligations: Mapping[str, Test | bool]
    rules: tuple[tuple[Test, Finding], ...]
    gaps: Mapping[str, Finding]
    missing: Mapping[str, FieldState]
    not_required: Mapping[str, FieldState]


@lru_cache(maxsize=32)
def _compile_checks(standard: Standard, record_type: RecordType) -> _Checks:
    fields = record_type.fields.items()
    rules = {name: standard.rules[field.gap_rule] for name, field in fields}
    return _Checks(
        obligations={
            name: each.obligation.expression.holds
            if isinstance(each.obligation, Condition)
            else each.obligation == "always"
            for name, each in fields
        },
        rules=tuple(
            (
                case.when.expression.holds,
                Finding(
                    rule.id, rule.severity, case.fields, Message(rule.message), case.when.fields.union(case.fields)
                ),
            )
            for rule in standard.rules.values()
            if record_type.type in rule.records
            for case in rule.cases
        ),
        gaps={
            name: Finding(rule.id, "gap", (name,), Message(rule.message), frozenset({name}))
            for name, rule in rules.items()
        },
        missing={name: FieldState(field, "missing", required=True) for name, field in fields},
        not_required={name: FieldState(field, "not_required", required=False) for name, field in fields},
    )


def due_fields(standard: Standard, record_type: RecordType) -> frozenset[str]:
    """Return the names of the date fields on whose day the assessment of a record can change, because of a rule."""
    rules = (rule for rule in standard.rules.values() if record_type.type in rule.records)
    return frozenset().union(*(case.when.expression.fields_due for rule in rules for case in rule.cases))


def _field_states(reading: Reading, checks: _Checks) -> dict[str, FieldState]:
    states: dict[str, FieldState] = {}
    for name, obligation in checks.obligations.items():
        required = obligation if isinstance(obligation, bool) else obligation(reading)
        if name in reading.answers or name in reading.declarations:
            field = reading.record_type.fields[name]
            answer = reading.answers.get(name)
            if answer is not None:
                states[name] = FieldState(field, "unknown" if is_unknown(answer) else "stated", required, answer)
            else:
                declaration = reading.declarations[name]
                states[name] = FieldState(field, declaration.state, required, reason=declaration.reason)
        elif name in reading.placeholders:
            states[name] = FieldState(reading.record_type.fields[name], "unknown", required)
        else:
            states[name] = checks.missing[name] if required else checks.not_required[name]
    return states


def _assess_group(
    reading: Reading,
    group: Group,
    all_states: Mapping[str, FieldState],
    errors: tuple[Finding, ...],
    concerns: tuple[Finding, ...],
) -> GroupAssessment:
    states = tuple([all_states[field.name] for field in group.fields])
    kinds = {state.state for state in states}
    open_answers = "unknown" in kinds and any(state.required for state in states if state.state == "unknown")
    if kinds <= _SILENT and not _touch(reading.invalid, group.names):
        level: Level = "silent"
    elif "missing" in kinds or open_answers or _touch(errors, group.names):
        level = "started"
    elif _touch(concerns, group.names) or reading.dates.review_overdue:
        level = "answered"
    else:
        level = "current"
    return GroupAssessment(group, level, states)


def _touch(findings: tuple[Finding, ...], names: frozenset[str]) -> bool:
    return bool(findings) and any(not names.isdisjoint(finding.fields) for finding in findings)


def _next_step(
    reading: Reading, groups: tuple[GroupAssessment, ...], errors: tuple[Finding, ...], concerns: tuple[Finding, ...]
) -> NextStep | None:
    """Return the first of: an error, a question of the group with the lowest level, an overdue review, a concern."""
    if errors:
        return NextStep(errors[0].fields[0], "mend", errors[0].message)
    weakest = sorted(groups, key=lambda group: LEVELS.index(group.level))
    states = [state for group in weakest for state in group.fields]
    for kind, action, template in _STEPS:
        for state in states:
            if state.state == kind and state.required:
                return NextStep(state.field.name, action, Message(template))
    if reading.dates.review_overdue:
        message = N_("Review these answers, correct what has changed and set the next review date.")
        roles = reading.record_type.roles
        field = roles.get(FieldRole.REVIEWED_ON) or roles[FieldRole.REVIEW_DUE]
        return NextStep(field.name, "review", Message(message))
    if concerns:
        return NextStep(concerns[0].fields[0], "mend", concerns[0].message)
    return None


_STEPS: tuple[tuple[State, Literal["answer", "find_out"], str], ...] = (
    ("missing", "answer", N_("Answer this question.")),
    ("unknown", "find_out", N_("Find out the answer to this question.")),
)
