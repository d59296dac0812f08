"""The one door of every write: answers checked by the standard, then stored as text, with nothing lost on the way."""

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
from . import forms, governance
from .edit_baseline import Stored, stored_record


def opensmartcity_governance(
    key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context
) -> None:
    """Refuse what the standard calls an error, naming field and rule; put valid answers into their stored form."""
    stored = stored_record(context)
    kind = config.standard().records.get(stored.type or _value(data, "type") or "dataset")
    if kind is None:
        return
    forms.collect_declarations(data)
    forms.keep_answers(data, kind, stored.values)
    record = _record(data, kind)
    reading = read_record(config.standard(), record, config.settings())
    for finding in _refusals(context, data, record, reading, stored):
        _report(finding, errors)
    _store(data, record, reading)
    if (VERSION_FIELD,) in data:
        data[(VERSION_FIELD,)] = _mark(data, record, kind, stored) or tk.missing


def _mark(data: FlattenDataDict, record: dict[str, Any], kind: RecordType, stored: Stored) -> str | None:
    """Return the version of the standard that the answers belong to; None where the record has no answers."""
    whole = record | {VERSION_FIELD: _value(data, VERSION_FIELD), "extras": _extras(data)}
    changed = stored.answers_change(record, kind.fields)
    found = version_to_store(config.standard(), whole, stored.values.get(VERSION_FIELD), changed=changed)
    has_answers = any(value for name, value in record.items() if name != "type" and value not in ("[]", "{}"))
    return found if has_answers or found != config.standard().version else None


def _extras(data: FlattenDataDict) -> list[dict[str, Any]]:
    """Return the free extras that are being saved."""
    return [
        {"key": value, "value": data.get((*key[:2], "value"))}
        for key, value in data.items()
        if key[0] == "extras" and key[2:] == ("key",)
    ]


def _record(data: FlattenDataDict, kind: RecordType) -> dict[str, Any]:
    names = (*kind.fields, DECLARED_FIELD)
    return {name: _value(data, name) for name in names} | {"type": kind.type}


def _refusals(
    context: Context, data: FlattenDataDict, record: dict[str, Any], reading: Reading, stored: Stored
) -> Iterator[Finding]:
    assessment = assess_reading(config.standard(), reading)
    state = _value(data, "state", stored.state)
    wrong = [*assessment.errors, *governance.missing_systems(context, reading)]
    yield from stored.judged(wrong, record, reading, state)
    if config.enforcement() == "publish":
        private = str(_value(data, "private", stored.private)).lower() in ("true", "1", "yes", "on")
        yield from stored.new_gaps(assessment, publishing=state == "active" and not private)


def _report(finding: Finding, errors: FlattenErrorDict) -> None:
    text = f"{finding.message.render(language(governance.request_language()).translate)} ({finding.rule})"
    for name in finding.fields:
        errors.setdefault((name,), []).append(text)


def _store(data: FlattenDataDict, record: dict[str, Any], reading: Reading) -> None:
    declared = dump_declarations(reading.declarations)
    stored: dict[str, Any] = {**reading.answers, DECLARED_FIELD: declared}
    for name in (*reading.record_type.fields, DECLARED_FIELD):
        value = stored.get(name) or record.get(name)
        data[(name,)] = as_stored(value) if value and value not in ("[]", "{}") else tk.missing


def as_stored(value: Any) -> str:
    """Return an answer as the text that CKAN stores."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=isinstance(value, dict))


def _value(data: FlattenDataDict, name: str, default: Any = None) -> Any:
    value = data.get((name,), tk.missing)
    return default if value is tk.missing else value


def opensmartcity_list(value: Any) -> Any:
    """Give a stored JSON list back as a list; leave everything else as it is."""
    return _loaded(value, list)


def opensmartcity_object(value: Any) -> Any:
    """Give a stored JSON object back as an object; leave everything else as it is."""
    return _loaded(value, dict)


def _loaded(value: Any, wanted: type) -> Any:
    if not isinstance(value, str):
        return value
    try:
        loaded = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return loaded if isinstance(loaded, wanted) else value


def get_validators() -> dict[str, Validator]:
    """Return the validators by name."""
    return {
        "opensmartcity_governance": opensmartcity_governance,
        "opensmartcity_list": opensmartcity_list,
        "opensmartcity_object": opensmartcity_object,
    }
