"""One record in, one Assessment out: levels, missing, unknown, concerns, errors and the next step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from .answers import Answer
from .conditions import Condition, Test
from .facts import Dates
from .i18n import N_, Message
from .model import Case, Field, Group, RecordType, Rule, Standard
from .record_reader import Finding, Reading, Settings, is_unknown, read_record

State = Literal["stated", "unknown", "not_applicable", "missing", "not_required"]
Level = Literal["silent", "started", "answered", "current"]

LEVELS: tuple[Level, ...] = ("silent", "started", "answered", "current")
_SILENT = frozenset({"missing", "not_required"})


class FieldState(NamedTuple):
    """Where one question of a record stands; `reason` is what a declaration gives, `required` whether it applies."""

    field: Field
    state: State
    required: bool
    value: Answer | None = None
    reason: str = ""


class GroupAssessment(NamedTuple):
    """The level of one group and the state of its questions."""

    group: Group
    level: Level
    fields: tuple[FieldState, ...]


@dataclass(frozen=True)
class NextStep:
    """The one thing that would help this record most."""

    field: str
    action: Literal["mend", "answer", "find_out", "review"]
    message: Message


@dataclass(frozen=True)
class Assessment:
    """What the standard says of one record on one day; self-declared, never an average."""

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
        """The state of every question by field name."""
        return {state.field.name: state for group in self.groups for state in group.fields}


def assess(standard: Standard, record: Mapping[str, Any], settings: Settings) -> Assessment:
    """Assess one record (a CKAN dataset dict or any mapping with the standard's field names)."""
    return assess_reading(standard, read_record(standard, record, settings))


def assess_reading(standard: Standard, reading: Reading) -> Assessment:
    """Assess a record that has been read already."""
    clauses = _clauses(standard, reading.record_type)
    states = _states(reading, clauses)
    missing = tuple(name for name, state in states.items() if state.state == "missing")
    met = [finding for holds, finding in clauses.rules if holds(reading)]
    errors = reading.refused + tuple(finding for finding in met if finding.severity == "error")
    concerns = tuple(finding for finding in met if finding.severity == "concern")
    groups = tuple(_assess_group(reading, group, states, errors, concerns) for group in reading.record_type.groups)
    return Assessment(
        level=min((group.level for group in groups), key=LEVELS.index),
        groups=groups,
        missing=missing,
        unknown=tuple(name for name, state in states.items() if state.state == "unknown"),
        gaps=tuple(clauses.gaps[name] for name in missing),
        concerns=concerns,
        errors=errors,
        next_step=_next_step(groups, errors, concerns, reading.dates),
        dates=reading.dates,
        reading=reading,
    )


@dataclass(frozen=True)
class _Clauses:
    """What is the same for every record of a type: obligations, the findings of rules and gaps, and silent states."""

    obligations: Mapping[str, Test | bool]
    rules: tuple[tuple[Test, Finding], ...]
    gaps: Mapping[str, Finding]
    missing: Mapping[str, FieldState]
    not_required: Mapping[str, FieldState]


@lru_cache(maxsize=32)
def _clauses(standard: Standard, record_type: RecordType) -> _Clauses:
    fields = record_type.fields.items()
    return _Clauses(
        obligations={name: _obligation(field) for name, field in fields},
        rules=tuple(
            (case.when.test, _met(rule, case))
            for rule in standard.rules.values()
            if record_type.type in rule.records
            for case in rule.cases
        ),
        gaps={name: _gap(standard, field) for name, field in fields},
        missing={name: FieldState(field, "missing", required=True) for name, field in fields},
        not_required={name: FieldState(field, "not_required", required=False) for name, field in fields},
    )


def _met(rule: Rule, case: Case) -> Finding:
    return Finding(rule.id, rule.severity, case.fields, Message(rule.message), case.when.fields.union(case.fields))


def _gap(standard: Standard, field: Field) -> Finding:
    rule = standard.rules[field.gap_rule]
    return Finding(rule.id, "gap", (field.name,), Message(rule.message), frozenset({field.name}))


def _states(reading: Reading, clauses: _Clauses) -> dict[str, FieldState]:
    states: dict[str, FieldState] = {}
    for name, obligation in clauses.obligations.items():
        required = obligation if isinstance(obligation, bool) else obligation(reading)
        if name in reading.answers or name in reading.declarations:
            states[name] = _given(reading, name, required)
        else:
            states[name] = clauses.missing[name] if required else clauses.not_required[name]
    return states


def _given(reading: Reading, name: str, required: bool) -> FieldState:
    field = reading.record_type.fields[name]
    answer = reading.answers.get(name)
    if answer is not None:
        return FieldState(field, "unknown" if is_unknown(answer) else "stated", required, answer)
    declaration = reading.declarations[name]
    return FieldState(field, declaration.state, required, reason=declaration.reason)


def _obligation(field: Field) -> Test | bool:
    return field.obligation.test if isinstance(field.obligation, Condition) else field.obligation == "always"


def _assess_group(
    reading: Reading,
    group: Group,
    all_states: Mapping[str, FieldState],
    errors: tuple[Finding, ...],
    concerns: tuple[Finding, ...],
) -> GroupAssessment:
    states = tuple([all_states[field.name] for field in group.fields])
    said = {state.state for state in states}
    if said <= _SILENT and not _touch(reading.refused, group.names):
        level: Level = "silent"
    elif "missing" in said or ("unknown" in said and any(map(_is_open, states))) or _touch(errors, group.names):
        level = "started"
    elif _touch(concerns, group.names) or reading.dates.review_overdue:
        level = "answered"
    else:
        level = "current"
    return GroupAssessment(group, level, states)


def _is_open(state: FieldState) -> bool:
    return state.state == "unknown" and state.required


def _touch(findings: tuple[Finding, ...], names: frozenset[str]) -> bool:
    return bool(findings) and any(not names.isdisjoint(finding.fields) for finding in findings)


def _next_step(
    groups: tuple[GroupAssessment, ...], errors: tuple[Finding, ...], concerns: tuple[Finding, ...], dates: Dates
) -> NextStep | None:
    """Mend what is wrong first; then lift the weakest group; then review what is overdue; then settle concerns."""
    if errors:
        return NextStep(errors[0].fields[0], "mend", errors[0].message)
    weakest = sorted(groups, key=lambda group: LEVELS.index(group.level))
    states = [state for group in weakest for state in group.fields]
    for wanted, action, template in _STEPS:
        for state in states:
            if state.state == wanted and state.required:
                return NextStep(state.field.name, action, Message(template))
    if dates.review_overdue:
        message = N_("Review these answers, correct what has changed and set the next review date.")
        return NextStep("governance_reviewed_on", "review", Message(message))
    if concerns:
        return NextStep(concerns[0].fields[0], "mend", concerns[0].message)
    return None


_STEPS: tuple[tuple[State, Literal["answer", "find_out"], str], ...] = (
    ("missing", "answer", N_("Answer this question.")),
    ("unknown", "find_out", N_("Find out the answer to this question.")),
)
