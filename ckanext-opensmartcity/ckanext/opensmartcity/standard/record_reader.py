"""`governance_declared`: the questions that a steward declares unknown or not applicable."""
# MERGED One record's raw values read against the standard: valid answers, declarations, and what is refused.

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from .answers import UNKNOWN, Answer, Refused, parse_answer, plain_text, shorten
from .countries import home_area
from .facts import Dates, read_dates, read_facts
from .i18n import N_, Message
from .model import RecordType, Severity, Standard

FIELD = "governance_declared"
State = Literal["unknown", "not_applicable"]


@dataclass(frozen=True)
class Declaration:
    """One declared question: its state, and the reason that `not_applicable` must give."""

    state: State
    reason: str = ""


def parse_declarations(raw: Any, fields: Collection[str]) -> tuple[dict[str, Declaration], list[tuple[str, Refused]]]:
    """Read the JSON object; what is refused comes back with the field that it belongs to."""
    try:
        entries = _object(raw)
    except Refused as refused:
        return {}, [(FIELD, refused)]
    declared: dict[str, Declaration] = {}
    problems: list[tuple[str, Refused]] = []
    for name, entry in entries.items():
        try:
            declared[name] = _declaration(name, entry, fields)
        except Refused as refused:
            problems.append((name if name in fields else FIELD, refused))
    return declared, problems


def dump_declarations(declared: Mapping[str, Declaration]) -> dict[str, dict[str, str]]:
    """Return the JSON object in its stored shape."""
    return {
        name: {"state": entry.state} | ({"reason": entry.reason} if entry.reason else {})
        for name, entry in declared.items()
    }


def _object(raw: Any) -> dict[str, Any]:
    if raw is None or raw == "":
        return {}
    try:
        value = json.loads(raw) if isinstance(raw, str) else raw
    except (ValueError, RecursionError):
        raise Refused("OSC-003", N_("This is not JSON that can be read.")) from None
    if not isinstance(value, dict):
        raise Refused("OSC-003", N_("Give a JSON object with a field name for each declared question."))
    return value


def _declaration(name: str, entry: Any, fields: Collection[str]) -> Declaration:
    if name not in fields:
        raise Refused("OSC-003", N_("“{value}” is not a question of the standard."), value=shorten(str(name)))
    if not isinstance(entry, dict) or entry.get("state") not in ("unknown", "not_applicable"):
        raise Refused("OSC-070", N_("Declare this question “unknown” or “not_applicable”."))
    if strange := sorted(map(str, entry.keys() - {"state", "reason"})):
        raise Refused("OSC-003", N_("“{value}” has no place in a declaration."), value=shorten(strange[0]))
    reason = plain_text(entry.get("reason"))
    if entry["state"] == "not_applicable" and not reason:
        raise Refused("OSC-070", N_("Say in one sentence why this question does not apply."))
    return Declaration(entry["state"], reason)


@dataclass(frozen=True)
class Settings:
    """What a city configures: its home jurisdiction (ISO code or `EU`), the months between reviews; and today."""

    home: str | None = None
    review_months: int = 24
    today: date | None = None

    @property
    def day(self) -> date:
        """The day on which the record is assessed."""
        return self.today or date.today()  # noqa: DTZ011  (a city's calendar day, not an instant)


@dataclass(frozen=True)
class Finding:
    """One rule that a record meets: where, how severe, what to do, and which fields decided it."""

    rule: str
    severity: Severity
    fields: tuple[str, ...]
    message: Message
    reads: frozenset[str]


@dataclass(frozen=True)
class Reading:
    """A record as read: answers that are valid, declared questions, facts, dates, and answers that were refused."""

    record_type: RecordType
    answers: Mapping[str, Answer]
    declarations: Mapping[str, Declaration]
    refused: tuple[Finding, ...]
    facts: Mapping[str, bool]
    dates: Dates
    home: frozenset[str]
    review_months: int

    @property
    def declared(self) -> Collection[str]:
        """Names of the declared questions."""
        return self.declarations.keys()


def read_record(standard: Standard, record: Mapping[str, Any], settings: Settings) -> Reading:
    """Read the governed fields of a record; KeyError where the standard does not know the record's type."""
    record_type = standard.records[str(record.get("type") or "dataset")]
    answers, refused = _read_answers(standard, record_type, record)
    given = answers.keys() | {name for finding in refused for name in finding.fields}
    declarations, problems = parse_declarations(record.get(FIELD), record_type.fields)
    refused += [_finding(name, problem, FIELD) for name, problem in problems]
    refused += [_twice(name) for name in declarations if name in given]
    dates = read_dates(answers, settings.day)
    return Reading(
        record_type=record_type,
        answers=answers,
        declarations={name: entry for name, entry in declarations.items() if name not in answers},
        refused=tuple(refused),
        facts=read_facts(record, dates),
        dates=dates,
        home=home_area(settings.home),
        review_months=settings.review_months,
    )


def seen_on(reading: Reading, record: Mapping[str, Any], day: date) -> Reading:
    """Return what was read of a record as it is seen on another day; its answers are not read again."""
    dates = replace(reading.dates, today=day)
    return replace(reading, dates=dates, facts=read_facts(record, dates))


def _read_answers(
    standard: Standard, record_type: RecordType, record: Mapping[str, Any]
) -> tuple[dict[str, Answer], list[Finding]]:
    answers: dict[str, Answer] = {}
    refused: list[Finding] = []
    for name, field in record_type.fields.items():
        raw = record.get(name)
        if raw is None or raw == "":  # most questions of most records
            continue
        try:
            answer = parse_answer(field, raw, standard)
        except Refused as problem:
            refused.append(_finding(name, problem))
            continue
        if answer is not None:
            answers[name] = answer
    return answers, refused


def is_unknown(answer: Answer) -> bool:
    """Tell whether an answer is the code for "we do not know yet"."""
    return answer in (UNKNOWN, (UNKNOWN,))


def _finding(name: str, refused: Refused, *reads: str) -> Finding:
    return Finding(refused.rule, "error", (name,), refused.message, frozenset({name, *reads}))


def _twice(name: str) -> Finding:
    message = N_("This question is answered and also declared unknown or not applicable. Keep one of the two.")
    return Finding("OSC-070", "error", (name,), Message(message), frozenset({name, FIELD}))
