"""Reader of one record: valid answers, declarations, and a finding for each value that the standard rejects.

Declarations are stored in the field `governance_declared`: questions that a steward declares unknown or not
applicable, as a JSON object from field name to `state` and `reason`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from .answers import UNKNOWN, InvalidAnswer, parse_answer, plain_text, shorten
from .countries import home_area
from .facts import Dates, read_dates, read_facts
from .i18n import N_, Message
from .model import Answer, AnswerType, RecordType, Severity, Standard, as_list
from .roles import RuleRole

DECLARED_FIELD = "governance_declared"
# Far above the number of questions: each entry that names none costs a finding of its own.
MAX_DECLARATIONS = 1_000
_ANSWERED_AND_DECLARED = N_(
    "This question is answered and also declared unknown or not applicable. Keep one of the two."
)
State = Literal["unknown", "not_applicable"]


@dataclass(frozen=True)
class Declaration:
    """Declaration of one question. A reason is required for `not_applicable`."""

    state: State
    reason: str = ""


def parse_declarations(
    raw: Any, fields: Collection[str]
) -> tuple[dict[str, Declaration], list[tuple[str, InvalidAnswer]]]:
    """Parse `governance_declared` into valid declarations, and errors with the field that each belongs to."""
    try:
        entries = _parse_object(raw)
    except InvalidAnswer as error:
        return {}, [(DECLARED_FIELD, error)]
    declared: dict[str, Declaration] = {}
    errors: list[tuple[str, InvalidAnswer]] = []
    for name, entry in entries.items():
        try:
            declared[name] = _parse_declaration(name, entry, fields)
        except InvalidAnswer as error:
            errors.append((name if name in fields else DECLARED_FIELD, error))
    return declared, errors


def dump_declarations(declared: Mapping[str, Declaration]) -> dict[str, dict[str, str]]:
    """Return declarations as the JSON object that is stored."""
    return {
        name: {"state": entry.state} | ({"reason": entry.reason} if entry.reason else {})
        for name, entry in declared.items()
    }


def _parse_object(raw: Any) -> dict[str, Any]:
    if raw is None or raw == "":
        return {}
    try:
        value = json.loads(raw) if isinstance(raw, str) else raw
    except (ValueError, RecursionError):
        raise InvalidAnswer(RuleRole.WRONG_KIND, N_("This is not valid JSON.")) from None
    if not isinstance(value, dict):
        raise InvalidAnswer(RuleRole.WRONG_KIND, N_("Give a JSON object with a field name for each declared question."))
    if len(value) > MAX_DECLARATIONS:
        template = N_("There are too many declarations: at most {limit}.")
        raise InvalidAnswer(RuleRole.NOT_PLAIN, template, limit=str(MAX_DECLARATIONS))
    return value


def _parse_declaration(name: str, entry: Any, fields: Collection[str]) -> Declaration:
    if name not in fields:
        raise InvalidAnswer(
            RuleRole.WRONG_KIND, N_("“{value}” is not a question of the standard."), value=shorten(str(name))
        )
    if not isinstance(entry, dict) or entry.get("state") not in ("unknown", "not_applicable"):
        raise InvalidAnswer(RuleRole.ANSWERED_AND_DECLARED, N_("Declare this question “unknown” or “not_applicable”."))
    if invalid := sorted(map(str, entry.keys() - {"state", "reason"})):
        raise InvalidAnswer(
            RuleRole.WRONG_KIND, N_("“{value}” is not allowed in a declaration."), value=shorten(invalid[0])
        )
    reason = plain_text(entry.get("reason"))
    if entry["state"] == "not_applicable" and not reason:
        raise InvalidAnswer(RuleRole.ANSWERED_AND_DECLARED, N_("Say in one sentence why this question does not apply."))
    return Declaration(entry["state"], reason)


@dataclass(frozen=True)
class Settings:
    """Settings of an assessment: home jurisdiction (ISO 3166-1 code or `EU`), months between reviews, and today."""

    home: str | None = None
    review_months: int = 24
    today: date | None = None

    @property
    def day(self) -> date:
        """The day of the assessment."""
        return self.today or date.today()  # noqa: DTZ011  (a city's calendar day, not an instant)


@dataclass(frozen=True)
class Finding:
    """A violation of a rule: the fields on which it is reported, and in `reads` the fields that decided it."""

    rule: str
    severity: Severity
    fields: tuple[str, ...]
    message: Message
    reads: frozenset[str]


@dataclass(frozen=True)
class Reading:
    """A record that was read: valid answers, declarations, facts, dates, and findings about its values.

    `placeholders` names the questions with a word such as "tbd" in the place of an answer: they count as declared
    unknown. `invalid` are errors in values, `doubts` concerns about values that say too little.
    """

    record_type: RecordType
    answers: Mapping[str, Answer]
    declarations: Mapping[str, Declaration]
    placeholders: frozenset[str]
    invalid: tuple[Finding, ...]
    doubts: tuple[Finding, ...]
    facts: Mapping[str, bool]
    dates: Dates
    home: frozenset[str]
    review_months: int

    @property
    def declared(self) -> Collection[str]:
        """Names of the fields that are declared unknown or not applicable, or hold a placeholder."""
        return self.declarations.keys() | self.placeholders if self.placeholders else self.declarations.keys()

    @property
    def today(self) -> date:
        """The day on which the record is judged."""
        return self.dates.today


def read_record(standard: Standard, record: Mapping[str, Any], settings: Settings) -> Reading:
    """Read the governed fields of a record. Raise KeyError if the standard does not define the type of the record."""
    record_type = standard.type_of(record)
    answers, placeholders, invalid = _read_answers(standard, record_type, record)
    answered = answers.keys() | {name for finding in invalid for name in finding.fields}
    declarations, errors = parse_declarations(record.get(DECLARED_FIELD), record_type.fields)
    invalid += [_finding(standard, name, error, DECLARED_FIELD) for name, error in errors]
    doubled = InvalidAnswer(RuleRole.ANSWERED_AND_DECLARED, _ANSWERED_AND_DECLARED)
    invalid += [_finding(standard, name, doubled, DECLARED_FIELD) for name in declarations if name in answered]
    dates = read_dates(standard, record_type, answers, settings.day)
    return Reading(
        record_type=record_type,
        answers=answers,
        declarations={name: entry for name, entry in declarations.items() if name not in answers},
        placeholders=frozenset(placeholders),
        invalid=tuple(invalid),
        doubts=tuple(_doubts(standard, record_type, answers, declarations, placeholders)),
        facts=read_facts(record, dates),
        dates=dates,
        home=home_area(settings.home),
        review_months=settings.review_months,
    )


def with_today(reading: Reading, record: Mapping[str, Any], day: date) -> Reading:
    """Return a reading with the dates and facts of another day. The answers are not parsed again."""
    dates = replace(reading.dates, today=day)
    return replace(reading, dates=dates, facts=read_facts(record, dates))


def _read_answers(
    standard: Standard, record_type: RecordType, record: Mapping[str, Any]
) -> tuple[dict[str, Answer], set[str], list[Finding]]:
    """Return the valid answers, the names of those that are placeholders, and the findings about invalid values."""
    answers: dict[str, Answer] = {}
    placeholders: set[str] = set()
    invalid: list[Finding] = []
    is_placeholder = standard.placeholders.match if RuleRole.PLACEHOLDER in standard.rule_roles else None
    for name, field in record_type.fields.items():
        raw = record.get(name)
        if raw is None or raw == "":  # most questions of most records
            continue
        try:
            answer = parse_answer(field, raw, standard)
        except InvalidAnswer as error:
            invalid.append(_finding(standard, name, error))
            continue
        if answer is None:
            continue
        if is_placeholder and field.type.is_prose and all(map(is_placeholder, as_list(answer))):
            placeholders.add(name)
        else:
            answers[name] = answer
    return answers, placeholders, invalid


def _doubts(
    standard: Standard,
    record_type: RecordType,
    answers: Mapping[str, Answer],
    declarations: Mapping[str, Declaration],
    placeholders: Collection[str],
) -> Iterator[Finding]:
    """Yield a finding for each answer, and each reason of not applicable, that is a placeholder or says too little."""
    rule = standard.rule_roles.get(RuleRole.PLACEHOLDER)
    if rule is None:
        return
    match, says_little = standard.placeholders.match, standard.placeholders.says_little
    for name, field in record_type.fields.items():
        texts: tuple[str, ...] = ()
        declaration, kind = declarations.get(name), field.type
        if declaration and declaration.state == "not_applicable":
            texts, kind = (declaration.reason,), AnswerType.LONG_TEXT
        elif name in answers and kind.is_prose:
            texts = as_list(answers[name])
        elif name not in placeholders:  # most questions of most records
            continue
        if name in placeholders or any(match(text) or says_little(text, kind) for text in texts):
            reads = frozenset({name, DECLARED_FIELD})
            yield Finding(rule.id, rule.severity, (name,), Message(rule.message), reads)


def is_unknown(answer: Answer) -> bool:
    """Return whether an answer is the code `unknown`."""
    return answer in (UNKNOWN, (UNKNOWN,))


def _finding(standard: Standard, name: str, error: InvalidAnswer, *reads: str) -> Finding:
    rule = standard.rule_roles[error.role]
    return Finding(rule.id, rule.severity, (name,), error.message, frozenset({name, *reads}))
