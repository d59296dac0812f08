"""What the dataset form sends beside answers: "not known" or "does not apply, because …" for each question."""

from __future__ import annotations

from typing import Any

from ckan.types import FlattenDataDict

from ..standard import DECLARED_FIELD
from ..standard.declarations import parse_declarations

PREFIX = "declared-"
REASON = "-reason"


def collect_declarations(data: FlattenDataDict) -> bool:
    """Turn the form's inputs into `governance_declared`; tell whether the data came from the form."""
    inputs = data.get(("__extras",)) or {}
    sent = {key: inputs.pop(key) for key in list(inputs) if key.startswith(PREFIX)}
    if sent:
        data[(DECLARED_FIELD,)] = {
            key.removeprefix(PREFIX): declaration
            for key in sent
            if not key.endswith(REASON) and (declaration := _declaration(key, sent))
        }
    return bool(sent)


def _declaration(key: str, sent: dict[str, Any]) -> dict[str, str]:
    state, reason = sent[key], sent.get(key + REASON) or ""
    return {"state": state} | ({"reason": reason} if reason else {}) if state else {}


def declaration_in(data: dict[str, Any], name: str) -> dict[str, str]:
    """Return state and reason of one question for the form: as typed where the form is shown again, else as stored."""
    if PREFIX + name in data:
        return {"state": str(data[PREFIX + name]), "reason": str(data.get(PREFIX + name + REASON, ""))}
    declared, _ = parse_declarations(data.get(DECLARED_FIELD), (name,))
    entry = declared.get(name)
    return {"state": entry.state, "reason": entry.reason} if entry else {"state": "", "reason": ""}
