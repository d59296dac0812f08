"""One record in, one Assessment out: levels, missing, unknown, concerns, errors and the next step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .answers import Answer
from .facts import Dates
from .messages import N_, Message
from .model import Field, Group, Standard
from .reading import Finding, Reading, Settings, is_unknown, read_record

State = Literal["stated", "unknown", "not_applicable", "missing", "not_required"]
Level = Literal["silent", "started", "answered", "current"]

LEVELS: tuple[Level, ...] = ("silent", "started", "answered", "current")


@dataclass(frozen=True)
class FieldState:
    """Where one question of a record stands; `reason` is what a declaration gives, `required` whether it applies."""

    field: Field
    state: State
    required: bool
    value: Answer | None = None
    reason: str = ""


@dataclass(frozen=True)
class GroupAssessment:
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
    states = {name: _state(reading, field) for name, field in reading.record_type.fields.items()}
    gaps = tuple(_gap(standard, state) for state in states.values() if state.state == "missing")
    met = list(_met_rules(standard, reading))
    errors = reading.refused + tuple(finding for finding in met if finding.severity == "error")
    concerns = tuple(finding for finding in met if finding.severity == "concern")
    groups = tuple(
        _assess_group(reading, group, [states[field.name] for field in group.fields], errors, concerns)
        for group in reading.record_type.groups
    )
    return Assessment(
        level=min((group.level for group in groups), key=LEVELS.index),
        groups=groups,
        missing=tuple(name for name, state in states.items() if state.state == "missing"),
        unknown=tuple(name for name, state in states.items() if state.state == "unknown"),
        gaps=gaps,
        concerns=concerns,
        errors=errors,
        next_step=_next_step(groups, errors, concerns, reading.dates),
        dates=reading.dates,
        reading=reading,
    )


def _state(reading: Reading, field: Field) -> FieldState:
    required = _is_required(reading, field)
    answer = reading.answers.get(field.name)
    if answer is not None:
        return FieldState(field, "unknown" if is_unknown(answer) else "stated", required, answer)
    declaration = reading.declarations.get(field.name)
    if declaration:
        return FieldState(field, declaration.state, required, reason=declaration.reason)
    return FieldState(field, "missing" if required else "not_required", required)


def _is_required(reading: Reading, field: Field) -> bool:
    obligation = field.obligation
    if obligation is None:
        return False
    return obligation == "always" or obligation.holds(reading)


def _gap(standard: Standard, state: FieldState) -> Finding:
    rule = standard.rules[state.field.gap_rule]
    return Finding(rule.id, "gap", (state.field.name,), Message(rule.message), frozenset({state.field.name}))


def _met_rules(standard: Standard, reading: Reading) -> Iterable[Finding]:
    for rule in standard.rules.values():
        if reading.record_type.type in rule.records:
            for case in rule.cases:
                if case.when.holds(reading):
                    reads = case.when.fields.union(case.fields)
                    yield Finding(rule.id, rule.severity, case.fields, Message(rule.message), reads)


def _assess_group(
    reading: Reading, group: Group, states: list[FieldState], errors: Iterable[Finding], concerns: Iterable[Finding]
) -> GroupAssessment:
    names = {state.field.name for state in states}
    if all(state.state in ("missing", "not_required") for state in states) and not _touch(reading.refused, names):
        level: Level = "silent"
    elif any(_is_open(state) for state in states) or _touch(errors, names):
        level = "started"
    elif _touch(concerns, names) or reading.dates.review_overdue:
        level = "answered"
    else:
        level = "current"
    return GroupAssessment(group, level, tuple(states))


def _is_open(state: FieldState) -> bool:
    return state.state == "missing" or (state.state == "unknown" and state.required)


def _touch(findings: Iterable[Finding], names: set[str]) -> bool:
    return any(not names.isdisjoint(finding.fields) for finding in findings)


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
