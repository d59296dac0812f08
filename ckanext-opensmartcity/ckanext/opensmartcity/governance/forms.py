"""What a page of the form sends: answers to its own questions, and "not known" or "does not apply, because …"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import FlattenDataDict

from ..standard import DECLARED_FIELD, Field, RecordType, dump_declarations
from ..standard.record_reader import parse_declarations

PREFIX = "declared-"
REASON = "-reason"
# CKAN's own fields have a page of their own, which sends this mark instead of the answers.
OWN_FIELDS_MARK = "opensmartcity_own_fields"


def page_answers(form: Mapping[str, Any], fields: Iterable[Field], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a page changes: its own answers, with its declarations laid over those of the other pages.

    Every question sends its declaration, if only an empty one. A question without is not on the page, and left alone.
    """
    asked = [field.name for field in fields if PREFIX + field.name in form]
    answers = {name: form.get(name, "") for name in asked}
    return answers | _declarations(form, asked, stored.get(DECLARED_FIELD))


def _declarations(form: Mapping[str, Any], asked: Iterable[str], stored: Any) -> dict[str, Any]:
    """Return the whole object of declarations, or nothing where the page leaves it as it is."""
    sent = {name: declaration for name in asked if (declaration := _declaration(form, name))}
    before = _entries(stored)
    after = {name: entry for name, entry in before.items() if name not in set(asked)} | sent
    return {} if after == before else {DECLARED_FIELD: after}


def _entries(stored: Any) -> dict[str, Any]:
    return stored if isinstance(stored, dict) else {}


def _declaration(form: Mapping[str, Any], name: str) -> dict[str, str]:
    state, reason = form[PREFIX + name], form.get(PREFIX + name + REASON) or ""
    return {"state": state} | ({"reason": reason} if reason else {}) if state else {}


def collect_declarations(data: FlattenDataDict) -> None:
    """Lay the declarations that a form of somebody else sends beside our questions over those of the record."""
    extras = data.get(("__extras",)) or {}
    sent = {key: extras.pop(key) for key in list(extras) if key.startswith(PREFIX)}
    asked = [key.removeprefix(PREFIX) for key in sent if not key.endswith(REASON)]
    for name, value in _declarations(sent, asked, data.get((DECLARED_FIELD,))).items():
        data[(name,)] = value


def typed_declarations(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return the declarations as they were typed, to be shown again beside their error."""
    return {key: value for key, value in form.items() if key.startswith(PREFIX)}


def with_typed_declarations(data: dict[str, Any], fields: Iterable[Field]) -> dict[str, Any]:
    """Return a record in which the declarations that were typed count as if they were stored."""
    return data | page_declarations(data, fields)


def page_declarations(data: Mapping[str, Any], fields: Iterable[Field]) -> dict[str, Any]:
    """Return the object of declarations as the inputs of a page change it."""
    asked = [field.name for field in fields if PREFIX + field.name in data]
    return _declarations(data, asked, data.get(DECLARED_FIELD))


def filled(offers: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the inputs of a page in which usual answers are filled in."""
    inputs: dict[str, Any] = {}
    for offer in offers:
        if offer["value"] is None:
            inputs[PREFIX + offer["name"]] = offer["state"]
            inputs[PREFIX + offer["name"] + REASON] = offer["reason"] or ""
        else:
            inputs[offer["name"]] = offer["value"]
    return inputs


def declaration_in(data: Mapping[str, Any], name: str) -> dict[str, str]:
    """Return state and reason of one question for the form: as typed where the form is shown again, else as stored."""
    if PREFIX + name in data:
        return {"state": str(data[PREFIX + name]), "reason": str(data.get(PREFIX + name + REASON, ""))}
    declared, _ = parse_declarations(data.get(DECLARED_FIELD), (name,))
    entry = dump_declarations(declared).get(name, {})
    return {"state": entry.get("state", ""), "reason": entry.get("reason", "")}


def keep_answers(data: FlattenDataDict, kind: RecordType, stored: Mapping[str, str]) -> None:
    """Keep the stored answers where the page of CKAN's own fields was sent, which shows none of them."""
    extras = data.get(("__extras",)) or {}
    if extras.pop(OWN_FIELDS_MARK, None) is None:
        return
    for name in (*kind.fields, DECLARED_FIELD):
        if data.get((name,), tk.missing) is tk.missing and name in stored:
            data[(name,)] = stored[name]
