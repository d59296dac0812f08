"""Three-way merge of a record that another register delivers again, question by question.

The base is the last import, the sides are the stored record and the new import. What changed only in the register is
taken over; what was edited here stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..standard import DECLARED_FIELD, Declaration, Standard, dump_declarations
from ..standard.record_reader import parse_declarations
from .registers.fields import RECORD_TYPE, current_answer, is_list
from .registers.importer import SOURCE_KEY
from .registers.mapping import CKAN_FIELDS

Response = str | tuple[str, ...] | Declaration | None


@dataclass(frozen=True)
class Merged:
    """Result of a merge.

    `changes` are values for `package_patch`, with an empty value for an answer that is removed. `conflicts` are fields
    that changed on both sides; their stored value stays.
    """

    changes: dict[str, Any]
    conflicts: tuple[str, ...]


def merge(standard: Standard, stored: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> Merged:
    """Merge what a register delivers now (`after`) into the stored record, given the last import (`before`)."""
    ours, base, theirs = (_Side(standard, record) for record in (stored, before, after))
    names = (*CKAN_FIELDS, *standard.records[RECORD_TYPE].fields)
    responses = {name: (ours.response(name), base.response(name), theirs.response(name)) for name in names}
    taken = {name: now for name, (current, then, now) in responses.items() if now != then and current == then}
    conflicts = tuple(
        name for name, (current, then, now) in responses.items() if now not in (then, current) and name not in taken
    )
    changes = {name: _patch_value(standard, name, response) for name, response in taken.items()}
    declared = ours.declared | {name: new for name, new in taken.items() if isinstance(new, Declaration)}
    declared = {name: old for name, old in declared.items() if isinstance(taken.get(name, old), Declaration)}
    if declared != ours.declared:
        changes[DECLARED_FIELD] = dump_declarations(declared)
    extras = list(_extras(stored))
    sources = [entry for entry in _extras(after) if entry["key"] == SOURCE_KEY]
    if sources != [entry for entry in extras if entry["key"] == SOURCE_KEY]:
        changes["extras"] = [entry for entry in extras if entry["key"] != SOURCE_KEY] + sources
    return Merged(changes, conflicts)


class _Side:
    """One of the three records."""

    def __init__(self, standard: Standard, record: Mapping[str, Any]) -> None:
        self.standard = standard
        self.record = record
        self.declared = parse_declarations(record.get(DECLARED_FIELD), standard.records[RECORD_TYPE].fields)[0]

    def response(self, name: str) -> Response:
        """Return the answer to a question, or else its declaration."""
        return current_answer(self.standard, name, self.record) or self.declared.get(name)


def _patch_value(standard: Standard, name: str, response: Response) -> Any:
    """Return the value for `package_patch`; an empty one if there is no answer, so that the stored one is removed."""
    if isinstance(response, tuple):
        return [{"name": tag} for tag in response] if name == "tags" else list(response)
    if isinstance(response, str):
        return response
    return [] if is_list(standard, name) else ""


def _extras(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for entry in record.get("extras") or ():
        yield {"key": entry["key"], "value": entry["value"]}
