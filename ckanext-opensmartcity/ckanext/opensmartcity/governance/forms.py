"""Form data of the governance form: answers, and declarations ("not known", "does not apply, because …").

Each question has an input for its answer and inputs `declared-NAME` and `declared-NAME-reason`. All declarations of a
record are stored together as one object, so that a page merges its own into those of the other pages.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import FlattenDataDict

from ..standard import DECLARED_FIELD, Field, RecordType, dump_declarations
from ..standard.record_reader import parse_declarations
from .edit_baseline import comparable

PREFIX = "declared-"
REASON = "-reason"
# Hidden input on the page of CKAN's own fields, which sends no answers.
OWN_FIELDS_MARK = "opensmartcity_own_fields"
# Hidden input with the state of the questions that the page was rendered from.
RENDERED_FROM = "rendered_from"
# Hidden input for each question that is shown with the answer of somebody else.
CONFLICT = "conflict"
# Button that shows the page again with what was typed, in another language.
SHOW_AGAIN = "show_again"


@dataclass(frozen=True)
class PageEdit:
    """Changes that a person made on a page.

    `answers` are the changed answers, with the declarations merged into those of the other pages. `typed` are their
    inputs as typed. `conflicts` are the questions that somebody else has changed since the page was rendered.
    """

    answers: dict[str, Any]
    typed: dict[str, Any]
    conflicts: tuple[str, ...]


NO_EDIT = PageEdit({}, {}, ())


def inputs_of(name: str) -> tuple[str, str, str]:
    """Return the names of the inputs of a question: its answer, its declaration and the reason of that."""
    return name, PREFIX + name, PREFIX + name + REASON


def page_edit(form: Mapping[str, Any], fields: Iterable[Field], stored: Mapping[str, Any]) -> PageEdit:
    """Compare a sent page with the state that it was rendered from and with the stored state (optimistic locking).

    A question that the person left as it was rendered is not part of the edit, so that the answer of somebody else is
    not reverted (lost update). Every question sends its declaration, even if it is empty: a question without one is not
    on the page. A page that does not say what it was rendered from has no conflicts.
    """
    rendered_from, changed, conflicts = _rendered_from(form), [], []
    for field in fields:
        if PREFIX + field.name not in form:
            continue
        sent, current = state_digest(field, form), state_digest(field, stored)
        rendered = rendered_from.get(field.name, current)
        if sent in (rendered, current):
            continue
        changed.append(field.name)
        if rendered != current:
            conflicts.append(field.name)
    answers = {name: form.get(name, "") for name in changed}
    typed = answers | {name: form[name] for each in changed for name in inputs_of(each)[1:] if name in form}
    merged = answers | _merge_declarations(form, changed, stored.get(DECLARED_FIELD))
    return PageEdit(merged, typed, tuple(conflicts))


def rendered_state(fields: Iterable[Field], stored: Mapping[str, Any]) -> str:
    """Return the value of the hidden input RENDERED_FROM: digests of the stored states by question, as JSON."""
    return json.dumps({field.name: state_digest(field, stored) for field in fields}, separators=(",", ":"))


def _rendered_from(form: Mapping[str, Any]) -> dict[str, Any]:
    try:
        rendered = json.loads(str(form.get(RENDERED_FROM) or "{}"))
    except (ValueError, RecursionError):
        return {}
    return rendered if isinstance(rendered, dict) else {}


def state_digest(field: Field, data: Mapping[str, Any]) -> str:
    """Return a digest of answer and declaration of a question, equal for a stored state and its unchanged inputs."""
    declared = declaration_in(data, field.name)
    state = [comparable(data.get(field.name), field), declared["state"], declared["reason"].strip()]
    return hashlib.sha256(json.dumps(state, default=str).encode()).hexdigest()[:16]


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
