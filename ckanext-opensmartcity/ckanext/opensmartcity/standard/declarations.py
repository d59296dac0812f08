"""`governance_declared`: the questions that a steward declares unknown or not applicable."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .answers import Refused, plain_text, shorten
from .messages import N_

FIELD = "governance_declared"
State = Literal["unknown", "not_applicable"]


@dataclass(frozen=True)
class Declaration:
    """One declared question: its state, and the reason that `not_applicable` must give."""

    state: State
    reason: str = ""


def parse_declarations(raw: Any, fields: Collection[str]) -> tuple[dict[str, Declaration], list[tuple[str, Refused]]]:
    """Read the JSON object; what is refused comes back with the field that it belongs to."""
    try:
        entries = _object(raw)
    except Refused as refused:
        return {}, [(FIELD, refused)]
    declared: dict[str, Declaration] = {}
    problems: list[tuple[str, Refused]] = []
    for name, entry in entries.items():
        try:
            declared[name] = _declaration(name, entry, fields)
        except Refused as refused:
            problems.append((name if name in fields else FIELD, refused))
    return declared, problems


def dump_declarations(declared: Mapping[str, Declaration]) -> dict[str, dict[str, str]]:
    """Return the JSON object in its stored shape."""
    return {
        name: {"state": entry.state} | ({"reason": entry.reason} if entry.reason else {})
        for name, entry in declared.items()
    }


def _object(raw: Any) -> dict[str, Any]:
    if raw is None or raw == "":
        return {}
    try:
        value = json.loads(raw) if isinstance(raw, str) else raw
    except (ValueError, RecursionError):
        raise Refused("OSC-003", N_("This is not JSON that can be read.")) from None
    if not isinstance(value, dict):
        raise Refused("OSC-003", N_("Give a JSON object with a field name for each declared question."))
    return value


def _declaration(name: str, entry: Any, fields: Collection[str]) -> Declaration:
    if name not in fields:
        raise Refused("OSC-003", N_("“{value}” is not a question of the standard."), value=shorten(str(name)))
    if not isinstance(entry, dict) or entry.get("state") not in ("unknown", "not_applicable"):
        raise Refused("OSC-070", N_("Declare this question “unknown” or “not_applicable”."))
    if strange := sorted(map(str, entry.keys() - {"state", "reason"})):
        raise Refused("OSC-003", N_("“{value}” has no place in a declaration."), value=shorten(strange[0]))
    reason = plain_text(entry.get("reason"))
    if entry["state"] == "not_applicable" and not reason:
        raise Refused("OSC-070", N_("Say in one sentence why this question does not apply."))
    return Declaration(entry["state"], reason)
