"""What a dataset said before an edit: an edit is judged by what it changes, so that old datasets stay editable."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ckan.types import Context

from .. import config
from ..standard import DECLARED_FIELD, Assessment, Field, Finding, InvalidAnswer, Message, Reading, assess
from ..standard.answers import raw_entries
from ..standard.i18n import N_

_PUBLISH_MESSAGE = N_(
    "Answer this question, or say that it is not known or does not apply, before the dataset becomes public."
)

DRAFT = "draft"


@dataclass(frozen=True)
class Stored:
    """The stored state of a dataset; empty for a new one."""

    type: str | None
    private: bool
    state: str
    values: Mapping[str, str]

    @property
    def public(self) -> bool:
        """Tell whether the dataset was public before the edit."""
        return self.type is not None and self.state == "active" and not self.private

    def touched(self, record: Mapping[str, Any], fields: Mapping[str, Field]) -> Callable[[Finding], bool]:
        """Return a test that tells whether the edit changes a field that a finding depends on."""
        return lambda finding: any(
            _comparable(record.get(name), fields.get(name)) != _comparable(self.values.get(name), fields.get(name))
            for name in finding.reads
        )

    def answers_change(self, record: Mapping[str, Any], fields: Mapping[str, Field]) -> bool:
        """Tell whether the edit changes any answer or declaration; those of a new dataset always do."""
        names = (*fields, DECLARED_FIELD)
        return self.type is None or any(
            _comparable(record.get(name), fields.get(name)) != _comparable(self.values.get(name), fields.get(name))
            for name in names
        )

    def judged(
        self, wrong: Iterable[Finding], record: Mapping[str, Any], reading: Reading, state: str
    ) -> Iterator[Finding]:
        """Yield the errors that this write must mend: those that it touches; all of them where a draft becomes active.

        A draft may be unfinished: an error that only a missing answer makes waits until the draft becomes active.
        """
        touched = self.touched(record, reading.record_type.fields)
        completed = self.state == DRAFT and state != DRAFT
        for finding in wrong:
            if (completed or touched(finding)) and not (state == DRAFT and is_unfinished(finding, reading)):
                yield finding

    def new_gaps(self, assessment: Assessment, publishing: bool) -> Iterator[Finding]:
        """Yield the gaps that keep a dataset from becoming public; of a public one only those that the edit opens."""
        if not publishing:
            return
        before = set(self._missing()) if self.public else set()
        for gap in assessment.gaps:
            if before.isdisjoint(gap.fields):
                yield replace(gap, severity="error", message=Message(_PUBLISH_MESSAGE))

    def _missing(self) -> tuple[str, ...]:
        return assess(config.standard(), {**self.values, "type": self.type}, config.settings()).missing


def is_unfinished(finding: Finding, reading: Reading) -> bool:
    """Tell whether an error is only there because an answer is missing."""
    given = reading.answers.keys() | reading.declarations.keys()
    return finding not in reading.invalid and not given >= set(finding.fields)


def stored_record(context: Context) -> Stored:
    """Return what is stored of the dataset that a validator's context is about."""
    package = context.get("package")
    if package is None:
        return Stored(None, private=False, state="active", values={})
    return Stored(package.type, bool(package.private), package.state, dict(package.extras))


def _comparable(value: Any, field: Field | None) -> Any:
    """Bring what is stored and what was sent to one form; without a field it is the object of declarations."""
    if field is None:
        return _object(value)
    if field.type.is_list:
        entries = _entries(value)
        return sorted(entries, key=str) if field.type.is_set and isinstance(entries, list) else entries
    return value.replace("\r\n", "\n").strip() or None if isinstance(value, str) else value or None


def _entries(value: Any) -> Any:
    try:
        entries = [entry.strip() if isinstance(entry, str) else entry for entry in raw_entries(value)]
    except InvalidAnswer:
        return value
    return [entry for entry in entries if entry]


def _object(value: Any) -> Any:
    try:
        return (json.loads(value) if isinstance(value, str) and value else value) or None
    except (ValueError, RecursionError):
        return value
