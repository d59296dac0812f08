"""Validators of the dataset schema: every write is checked against the standard and stored in normalized form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey, Validator

from .. import config
from ..standard import (
    DECLARED_FIELD,
    Finding,
    Reading,
    RecordType,
    assess_reading,
    dump_declarations,
    language,
    read_record,
)
from ..standard.migration import VERSION_FIELD, version_to_store
from ..standard.model import DATASET
from . import forms, governance
from .control_characters import reject_controls
from .edit_baseline import Stored, parse_stored, stored_record


def opensmartcity_governance(
    key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context
) -> None:
    """Report errors of the standard with field and rule id, and replace valid answers by their stored form."""
    stored = stored_record(context)
    kind = config.standard().types.get(stored.type or _value(data, "type") or DATASET)
    if kind is None:
        return
    forms.collect_declarations(data)
    forms.keep_answers(data, kind, stored.values)
    names = (*kind.fields, DECLARED_FIELD)
    reject_controls(data, errors, names)
    record = {name: _value(data, name) for name in names} | {"type": kind.type}
    reading = read_record(config.standard(), record, config.settings())
    translate = language(governance.request_language()).translate
    for finding in _rejecting_findings(context, data, record, reading, stored):
        for name in finding.fields:
            errors.setdefault((name,), []).append(f"{finding.message.render(translate)} ({finding.rule})")
    answers: dict[str, Any] = {**reading.answers, DECLARED_FIELD: dump_declarations(reading.declarations)}
    for name in names:
        value = answers.get(name) or record.get(name)
        data[(name,)] = as_stored(value) if value and value not in ("[]", "{}") else tk.missing
    if (VERSION_FIELD,) in data:
        data[(VERSION_FIELD,)] = _standard_version(data, record, kind, stored) or tk.missing


def _standard_version(data: FlattenDataDict, record: dict[str, Any], kind: RecordType, stored: Stored) -> str | None:
    """Return the version of the standard that the answers belong to; None for a record without answers."""
    extras = [
        {"key": value, "value": data.get((*key[:2], "value"))}
        for key, value in data.items()
        if key[0] == "extras" and key[2:] == ("key",)
    ]
    whole = record | {VERSION_FIELD: _value(data, VERSION_FIELD), "extras": extras}
    changed = stored.changes_answers(record, kind.fields)
    version = version_to_store(config.standard(), whole, stored.values.get(VERSION_FIELD), changed=changed)
    has_answers = any(value for name, value in record.items() if name != "type" and value not in ("[]", "{}"))
    return version if has_answers or version != config.standard().version else None


def _rejecting_findings(
    context: Context, data: FlattenDataDict, record: dict[str, Any], reading: Reading, stored: Stored
) -> Iterator[Finding]:
    """Yield the errors of this edit and, if answers are enforced, the gaps that prevent publication."""
    assessment = assess_reading(config.standard(), reading)
    state = _value(data, "state", stored.state)
    findings = [*assessment.errors, *governance.unknown_algorithms(context, reading)]
    yield from stored.errors_to_fix(findings, record, reading, state)
    if config.enforcement() == "publish":
        private = str(_value(data, "private", stored.private)).lower() in ("true", "1", "yes", "on")
        yield from stored.new_gaps(assessment, publishing=state == "active" and not private)


def as_stored(value: Any) -> str:
    """Return an answer as the string that CKAN stores; lists and objects as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=isinstance(value, dict))


def _value(data: FlattenDataDict, name: str, default: Any = None) -> Any:
    value = data.get((name,), tk.missing)
    return default if value is tk.missing else value


def opensmartcity_list(value: Any) -> Any:
    """Return a stored JSON list as a list; leave everything else unchanged."""
    return parse_stored(value, list)


def opensmartcity_object(value: Any) -> Any:
    """Return a stored JSON object as a dict; leave everything else unchanged."""
    return parse_stored(value, dict)


def get_validators() -> dict[str, Validator]:
    """Return the validators by name."""
    return {
        "opensmartcity_governance": opensmartcity_governance,
        "opensmartcity_list": opensmartcity_list,
        "opensmartcity_object": opensmartcity_object,
    }
