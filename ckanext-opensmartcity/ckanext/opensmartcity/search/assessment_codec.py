"""What the standard says of one record, before and after each of its turns, as one short text for the index.

An audit reads a hundred thousand of these. A text of its own, in a field that is not stored but indexed, comes out of
Solr without the rest of the record, which is ten times as fast; and records of which the same is said share it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from ..standard import Assessment, Finding

# Names of the standard hold none of these.
_PART, _PHASE, _SECTION, _ITEM, _FIELD = "|", "/", ";", ",", "+"


class Found(NamedTuple):
    """A rule that a record meets, and on which fields it is reported."""

    rule: str
    fields: tuple[str, ...]


class Verdict(NamedTuple):
    """What the standard says of a record for some time: levels by group, gaps, and which rules are met."""

    levels: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    concerns: tuple[Found, ...]
    errors: tuple[Found, ...]


class Verdicts(NamedTuple):
    """What is said of a record at first and after each day of `turns`; and what no turn changes."""

    turns: tuple[str, ...]
    phases: tuple[Verdict, ...]
    unknown: tuple[str, ...]
    review_due: str
    retention_due: str

    def on(self, day: str) -> Verdict:
        """Return what is said on a day."""
        return self.phases[sum(turn < day for turn in self.turns)]


def verdicts_of(turns: Iterable[date], assessments: Sequence[Assessment]) -> Verdicts:
    """Return what assessments say that were made before and after each turn."""
    dates = assessments[0].dates
    return Verdicts(
        tuple(day.isoformat() for day in turns),
        tuple(map(_verdict, assessments)),
        assessments[0].unknown,
        dates.review_due.isoformat() if dates.review_due else "",
        dates.retention_due.isoformat() if dates.retention_due else "",
    )


def _verdict(assessment: Assessment) -> Verdict:
    return Verdict(
        tuple((group.group.id, group.level) for group in assessment.groups),
        assessment.missing,
        _found(assessment.concerns),
        _found(assessment.errors),
    )


def _found(findings: Iterable[Finding]) -> tuple[Found, ...]:
    return tuple(Found(finding.rule, finding.fields) for finding in findings)


def write_verdicts(verdicts: Verdicts) -> str:
    """Return verdicts as a text; a phase that says what the one before says is left empty."""
    phases, before = [], None
    for verdict in verdicts.phases:
        phases.append("" if verdict == before else _write_verdict(verdict))
        before = verdict
    parts = (
        _ITEM.join(verdicts.turns),
        _PHASE.join(phases),
        _ITEM.join(verdicts.unknown),
        verdicts.review_due,
        verdicts.retention_due,
    )
    return _PART.join(parts)


def _write_verdict(verdict: Verdict) -> str:
    sections = (
        map(_FIELD.join, verdict.levels),
        verdict.missing,
        (_FIELD.join((found.rule, *found.fields)) for found in verdict.concerns),
        (_FIELD.join((found.rule, *found.fields)) for found in verdict.errors),
    )
    return _SECTION.join(_ITEM.join(section) for section in sections)


def read_verdicts(text: str) -> Verdicts:
    """Return the verdicts in a text."""
    turns, phases, unknown, review_due, retention_due = text.split(_PART)
    return Verdicts(_items(turns), tuple(_read_phases(phases)), _items(unknown), review_due, retention_due)


def _read_phases(text: str) -> Iterable[Verdict]:
    verdict = Verdict((), (), (), ())
    for phase in text.split(_PHASE):
        verdict = _read_verdict(phase) if phase else verdict
        yield verdict


def _read_verdict(text: str) -> Verdict:
    levels, missing, concerns, errors = map(_items, text.split(_SECTION))
    return Verdict(
        tuple(map(_level, levels)), missing, tuple(map(_read_found, concerns)), tuple(map(_read_found, errors))
    )


def _level(text: str) -> tuple[str, str]:
    group, _, level = text.partition(_FIELD)
    return group, level


def _read_found(text: str) -> Found:
    rule, *fields = text.split(_FIELD)
    return Found(rule, tuple(fields))


def _items(text: str) -> tuple[str, ...]:
    return tuple(text.split(_ITEM)) if text else ()
