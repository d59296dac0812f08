"""Codec of assessments in the search index: one short string per record, with a phase before and after each turn.

A turn is a day on which the assessment changes by itself. An audit reads a hundred thousand of these strings. They are
kept in a field that is indexed but not stored, so that Solr returns them without the rest of the document, which is ten
times as fast; records with equal assessments share one string.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from ..standard import Assessment, Finding

# Separators; names of the standard contain none of them.
_PART, _PHASE, _SECTION, _ITEM, _FIELD = "|", "/", ";", ",", "+"


class RuleMatch(NamedTuple):
    """Rule whose condition a record meets, and the fields on which it is reported."""

    rule: str
    fields: tuple[str, ...]


class Verdict(NamedTuple):
    """Assessment of a record in one phase: (group, level) pairs, missing answers, concerns and errors."""

    levels: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    concerns: tuple[RuleMatch, ...]
    errors: tuple[RuleMatch, ...]


class Verdicts(NamedTuple):
    """Assessments of a record: `phases` has one more item than `turns` (ISO dates); other fields hold in all phases."""

    turns: tuple[str, ...]
    phases: tuple[Verdict, ...]
    unknown: tuple[str, ...]
    review_due: str
    retention_due: str

    def on(self, day: str) -> Verdict:
        """Return the verdict on an ISO date. A turn takes effect on the day after."""
        return self.phases[sum(turn < day for turn in self.turns)]


def build_verdicts(turns: Iterable[date], assessments: Sequence[Assessment]) -> Verdicts:
    """Return the verdicts of assessments that were made before and after each turn."""
    dates = assessments[0].dates
    return Verdicts(
        tuple(day.isoformat() for day in turns),
        tuple(
            Verdict(
                tuple((group.group.id, group.level) for group in assessment.groups),
                assessment.missing,
                _rule_matches(assessment.concerns),
                _rule_matches(assessment.errors),
            )
            for assessment in assessments
        ),
        assessments[0].unknown,
        dates.review_due.isoformat() if dates.review_due else "",
        dates.retention_due.isoformat() if dates.retention_due else "",
    )


def _rule_matches(findings: Iterable[Finding]) -> tuple[RuleMatch, ...]:
    return tuple(RuleMatch(finding.rule, finding.fields) for finding in findings)


def serialize_verdicts(verdicts: Verdicts) -> str:
    """Return verdicts as a string. A phase that equals the previous one is left empty."""
    phases, previous = [], None
    for verdict in verdicts.phases:
        sections = (
            map(_FIELD.join, verdict.levels),
            verdict.missing,
            (_FIELD.join((match.rule, *match.fields)) for match in verdict.concerns),
            (_FIELD.join((match.rule, *match.fields)) for match in verdict.errors),
        )
        phases.append("" if verdict == previous else _SECTION.join(_ITEM.join(section) for section in sections))
        previous = verdict
    parts = (
        _ITEM.join(verdicts.turns),
        _PHASE.join(phases),
        _ITEM.join(verdicts.unknown),
        verdicts.review_due,
        verdicts.retention_due,
    )
    return _PART.join(parts)


def parse_verdicts(text: str) -> Verdicts:
    """Return the verdicts in a string made by `serialize_verdicts`."""
    turns, phases, unknown, review_due, retention_due = text.split(_PART)
    verdicts = [Verdict((), (), (), ())]
    for phase in phases.split(_PHASE):
        if not phase:
            verdicts.append(verdicts[-1])
            continue
        levels, missing, concerns, errors = map(_items, phase.split(_SECTION))
        pairs = (level.partition(_FIELD) for level in levels)
        verdicts.append(
            Verdict(
                tuple((group, level) for group, _, level in pairs),
                missing,
                tuple(map(_parse_rule_match, concerns)),
                tuple(map(_parse_rule_match, errors)),
            )
        )
    return Verdicts(_items(turns), tuple(verdicts[1:]), _items(unknown), review_due, retention_due)


def _parse_rule_match(text: str) -> RuleMatch:
    rule, *fields = text.split(_FIELD)
    return RuleMatch(rule, tuple(fields))


def _items(text: str) -> tuple[str, ...]:
    return tuple(text.split(_ITEM)) if text else ()
