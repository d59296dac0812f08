"""Form data of the governance form: answers, and declarations ("not known", "does not apply, because …").

Each question has an input for its answer and inputs `declared-NAME` and `declared-NAME-reason`. All declarations of a
record are stored together as one object, so that a page merges its own into those of the other pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import FlattenDataDict

from ..standard import DECLARED_FIELD, Field, RecordType, dump_declarations
from ..standard.record_reader import parse_declarations

PREFIX = "declared-"
REASON = "-reason"
# Hidden input on the page of CKAN's own fields, which sends no answers.
OWN_FIELDS_MARK = "opensmartcity_own_fields"


def page_answers(form: Mapping[str, Any], fields: Iterable[Field], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes of a page: its answers, with its declarations merged into those of the other pages.

    Every question sends its declaration, even if it is empty. A question without one is not on the page and ignored.
    """
    names = [field.name for field in fields if PREFIX + field.name in form]
    answers = {name: form.get(name, "") for name in names}
    return answers | _merge_declarations(form, names, stored.get(DECLARED_FIELD))


def _merge_declarations(form: Mapping[str, Any], names: Iterable[str], stored: Any) -> dict[str, Any]:
    """Return the whole object of declarations under its field name, or an empty dict if the page does not change it."""
    sent: dict[str, Any] = {}
    for name in names:
        state, reason = form[PREFIX + name], form.get(PREFIX + name + REASON) or ""
        if state:
            sent[name] = {"state": state, "reason": reason} if reason else {"state": state}
    before = stored if isinstance(stored, dict) else {}
    after = {name: entry for name, entry in before.items() if name not in set(names)} | sent
    return {} if after == before else {DECLARED_FIELD: after}


def collect_declarations(data: FlattenDataDict) -> None:
    """Merge declarations from the extras of another form, such as CKAN's or a theme's, into those of the record."""
    extras = data.get(("__extras",)) or {}
    sent = {key: extras.pop(key) for key in list(extras) if key.startswith(PREFIX)}
    names = [key.removeprefix(PREFIX) for key in sent if not key.endswith(REASON)]
    for name, value in _merge_declarations(sent, names, data.get((DECLARED_FIELD,))).items():
        data[(name,)] = value


def typed_declarations(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs of declarations as typed, to be shown again next to their error."""
    return {key: value for key, value in form.items() if key.startswith(PREFIX)}


def with_typed_declarations(data: dict[str, Any], fields: Iterable[Field]) -> dict[str, Any]:
    """Return a record in which typed declarations replace the stored ones."""
    return data | page_declarations(data, fields)


def page_declarations(data: Mapping[str, Any], fields: Iterable[Field]) -> dict[str, Any]:
    """Return the object of declarations after the changes of a page."""
    names = [field.name for field in fields if PREFIX + field.name in data]
    return _merge_declarations(data, names, data.get(DECLARED_FIELD))


def filled(offers: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the inputs of a page with default answers filled in."""
    inputs: dict[str, Any] = {}
    for offer in offers:
        if offer["value"] is None:
            inputs[PREFIX + offer["name"]] = offer["state"]
            inputs[PREFIX + offer["name"] + REASON] = offer["reason"] or ""
        else:
            inputs[offer["name"]] = offer["value"]
    return inputs


def declaration_in(data: Mapping[str, Any], name: str) -> dict[str, str]:
    """Return state and reason of one question for the form: as typed if the form is shown again, else as stored."""
    if PREFIX + name in data:
        return {"state": str(data[PREFIX + name]), "reason": str(data.get(PREFIX + name + REASON, ""))}
    declared, _ = parse_declarations(data.get(DECLARED_FIELD), (name,))
    entry = dump_declarations(declared).get(name, {})
    return {"state": entry.get("state", ""), "reason": entry.get("reason", "")}


def keep_answers(data: FlattenDataDict, kind: RecordType, stored: Mapping[str, str]) -> None:
    """Keep the stored answers if the page of CKAN's own fields was sent, which has no inputs for them."""
    extras = data.get(("__extras",)) or {}
    if extras.pop(OWN_FIELDS_MARK, None) is None:
        return
    for name in (*kind.fields, DECLARED_FIELD):
        if data.get((name,), tk.missing) is tk.missing and name in stored:
            data[(name,)] = stored[name]
