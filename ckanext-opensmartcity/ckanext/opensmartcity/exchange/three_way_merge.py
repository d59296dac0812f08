"""A record that comes again, laid over ours: what changed there is taken over, what was written here stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..standard import DECLARED_FIELD, Declaration, RecordType, Standard, dump_declarations
from ..standard.record_reader import parse_declarations
from .registers.fields import RECORD_TYPE, current, is_list
from .registers.importer import SOURCE_KEY
from .registers.mapping import CKAN_FIELDS

Said = str | tuple[str, ...] | Declaration | None


@dataclass(frozen=True)
class Merged:
    """The fields of ours that change, and those that changed both there and here and so stay as they are here."""

    changes: dict[str, Any]
    conflicts: tuple[str, ...]


def merge(standard: Standard, stored: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> Merged:
    """Lay what a register says now (`after`) over our record, given what it said at the last import (`before`)."""
    sides = [_Side(standard, record) for record in (stored, before, after)]
    names = (*CKAN_FIELDS, *standard.records[RECORD_TYPE].fields)
    moved = {name: tuple(side.says(name) for side in sides) for name in names}
    taken = {name: now for name, (ours, then, now) in moved.items() if now != then and ours == then}
    conflicts = tuple(
        name for name, (ours, then, now) in moved.items() if now not in (then, ours) and name not in taken
    )
    changes = {name: _stored_form(standard, name, said) for name, said in taken.items()}
    declared = sides[0].declared | {name: said for name, said in taken.items() if isinstance(said, Declaration)}
    declared = {name: said for name, said in declared.items() if isinstance(taken.get(name, said), Declaration)}
    if declared != sides[0].declared:
        changes[DECLARED_FIELD] = dump_declarations(declared)
    extras = _extras(stored, after)
    return Merged(changes | ({} if extras is None else {"extras": extras}), conflicts)


class _Side:
    """One of the three records, question by question."""

    def __init__(self, standard: Standard, record: Mapping[str, Any]) -> None:
        self.standard = standard
        self.record = record
        kind: RecordType = standard.records[RECORD_TYPE]
        self.declared = parse_declarations(record.get(DECLARED_FIELD), kind.fields)[0]

    def says(self, name: str) -> Said:
        """Return the answer or the declaration of a question."""
        return current(self.standard, name, self.record) or self.declared.get(name)


def _stored_form(standard: Standard, name: str, said: Said) -> Any:
    """Return what `package_patch` is to be told, so that an answer that is gone is taken out."""
    values = (
        list(said)
        if isinstance(said, tuple)
        else said
        if isinstance(said, str)
        else ([] if is_list(standard, name) else "")
    )
    return [{"name": tag} for tag in values] if name == "tags" else values


def _extras(stored: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """Return the extras with what the register says now in the place of what it said; None where that is the same."""
    extras, carried = list(_entries(stored)), [entry for entry in _entries(after) if entry["key"] == SOURCE_KEY]
    if carried == [entry for entry in extras if entry["key"] == SOURCE_KEY]:
        return None
    return [entry for entry in extras if entry["key"] != SOURCE_KEY] + carried


def _entries(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for entry in record.get("extras") or ():
        yield {"key": entry["key"], "value": entry["value"]}
