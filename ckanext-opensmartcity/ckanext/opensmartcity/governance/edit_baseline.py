"""Stored state of a dataset as the baseline of an edit.

An edit must fix only errors in the answers that it changes, so that existing datasets stay editable after a change of
the standard or of the options.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ckan.types import Context

from .. import config
from ..standard import (
    DECLARED_FIELD,
    Assessment,
    Field,
    Finding,
    InvalidAnswer,
    Message,
    Reading,
    RecordType,
    assess,
)
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
        """Whether the dataset was public before the edit."""
        return self.type is not None and self.state == "active" and not self.private

    def has_changed(self, names: Iterable[str], record: Mapping[str, Any], fields: Mapping[str, Field]) -> bool:
        """Tell whether the edit changes any of the named answers or the declarations."""
        return any(
            comparable(record.get(name), fields.get(name)) != comparable(self.values.get(name), fields.get(name))
            for name in names
        )

    def changes_answers(self, record: Mapping[str, Any], fields: Mapping[str, Field]) -> bool:
        """Tell whether the edit changes any answer or declaration; always true for a new dataset."""
        return self.type is None or self.has_changed((*fields, DECLARED_FIELD), record, fields)

    def errors_to_fix(
        self, errors: Iterable[Finding], record: Mapping[str, Any], reading: Reading, state: str
    ) -> Iterator[Finding]:
        """Yield the errors that reject this edit: those in answers that it changes, or all if a draft becomes active.

        A draft may be incomplete: errors that only result from a missing answer are ignored until it becomes active.
        """
        completed = self.state == DRAFT and state != DRAFT
        for error in errors:
            applies = completed or self.has_changed(error.reads, record, reading.record_type.fields)
            if applies and not (state == DRAFT and is_unfinished(error, reading)):
                yield error

    def new_gaps(self, assessment: Assessment, publishing: bool) -> Iterator[Finding]:
        """Yield the missing answers that keep a dataset from being published; for a public one only new ones."""
        if not publishing:
            return
        known: tuple[str, ...] = ()
        if self.public:
            known = assess(config.standard(), {**self.values, "type": self.type}, config.settings()).missing
        for gap in assessment.gaps:
            if set(known).isdisjoint(gap.fields):
                yield replace(gap, severity="error", message=Message(_PUBLISH_MESSAGE))


def is_unfinished(finding: Finding, reading: Reading) -> bool:
    """Tell whether an error only results from a missing answer."""
    given = reading.answers.keys() | set(reading.declared)
    return finding not in reading.invalid and not given >= set(finding.fields)


def stored_record(context: Context) -> Stored:
    """Return the stored state of the dataset in a validator's context."""
    package = context.get("package")
    if package is None:
        return Stored(None, private=False, state="active", values={})
    return Stored(package.type, bool(package.private), package.state, dict(package.extras))


def stored_answers(kind: RecordType, extras: Mapping[str, str]) -> dict[str, Any]:
    """Return the answers and declarations in the extras of a dataset as package_show does; None where there is none."""
    answers = {
        name: parse_stored(extras.get(name), list) if field.type.is_list else extras.get(name)
        for name, field in kind.fields.items()
    }
    return answers | {DECLARED_FIELD: parse_stored(extras.get(DECLARED_FIELD), dict)}


def parse_stored(value: Any, expected: type) -> Any:
    """Return a stored JSON list or object as such; leave everything else unchanged."""
    if not isinstance(value, str):
        return value
    try:
        loaded = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return loaded if isinstance(loaded, expected) else value


def comparable(value: Any, field: Field | None) -> Any:
    """Normalize a stored or a sent value for comparison. Without a field it is the object of declarations."""
    if field is None:
        try:
            value = json.loads(value) if isinstance(value, str) and value else value
        except (ValueError, RecursionError):
            return value
        # Only these declare nothing: an empty list is an error, not the absence of declarations.
        return None if value in (None, "", {}) else value
    if field.type.is_list:
        try:
            stripped = [entry.strip() if isinstance(entry, str) else entry for entry in raw_entries(value)]
            entries = [entry for entry in stripped if entry]
        except InvalidAnswer:
            entries = value
        return sorted(entries, key=str) if field.type.is_set and isinstance(entries, list) else entries
    return value.replace("\r\n", "\n").strip() or None if isinstance(value, str) else value
