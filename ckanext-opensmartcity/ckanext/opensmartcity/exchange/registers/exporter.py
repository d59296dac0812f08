"""Export our algorithm records to another register. Answers that did not change give back what was imported."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...standard import Standard
from . import dtpr
from .conversions import UnmappableError, Value, convert, convert_back, is_empty
from .fields import current_answer, is_list, is_long, shipped_standard, split_sections
from .importer import SOURCE_KEY, Imported, import_record, source_fields
from .mapping import Line, Register, load_register


def export_record(register: str, record: Mapping[str, Any], *, standard: Standard | None = None) -> dict[str, Any]:
    """Convert a record of ours to a record of a register.

    A record imported from that register keeps its source record, with only the fields changed whose answers changed.
    """
    mapping, rules = load_register(register), standard or shipped_standard()
    source = embedded_source(mapping, record)
    before = import_record(register, source, standard=rules) if source is not None else None
    base: dict[str, Any] = dict(mapping.constants) if source is None else source
    fields = {} if source is None else source_fields(mapping, source)
    changes = _Export(mapping, rules, record, before, fields).collect_changes()
    if source is None and mapping.write_identifier and isinstance(record.get("name"), str):
        changes.setdefault(mapping.write_identifier, record["name"])
    if mapping.is_chain:
        base = base if source is not None else base | {"elements": []}
        return dtpr.put_fields(base, changes, mapping.elements)
    return base | changes


def embedded_source(register: Register, record: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the source record from which a record of ours was imported, or None if it is not from the register."""
    extras = record.get("extras")
    entries = [entry for entry in extras if isinstance(entry, dict)] if isinstance(extras, list) else []
    values = [entry.get("value") for entry in entries if entry.get("key") == SOURCE_KEY]
    value = values[0] if values else record.get(SOURCE_KEY)
    try:
        source = json.loads(value) if isinstance(value, str) and value else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(source, dict) or source.get("register") != register.id:
        return None
    return dict(source["record"]) if isinstance(source.get("record"), dict) else None


def unexportable_answers(
    register: str, record: Mapping[str, Any], *, standard: Standard | None = None
) -> tuple[str, ...]:
    """Return our answered fields that an export and import through the register would change or lose."""
    rules = standard or shipped_standard()
    exported = export_record(register, record, standard=rules)
    back = import_record(register, exported, standard=rules).record
    fields = ["title", "notes", "url", "tags", *rules.records["algorithm"].fields]
    answers = {name: current_answer(rules, name, record) for name in fields}
    return tuple(
        name for name, answer in answers.items() if answer is not None and answer != current_answer(rules, name, back)
    )


def missing_required(register: str, exported: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields that the register requires and that are empty in an exported record."""
    mapping = load_register(register)
    fields = source_fields(mapping, exported)
    return tuple(name for name in mapping.required if is_empty(fields.get(name)))


@dataclass
class _Export:
    """Collects the changes of one record: `before` is the import of its source record, `source` its fields."""

    register: Register
    standard: Standard
    record: Mapping[str, Any]
    before: Imported | None
    source: Mapping[str, Any]
    changes: dict[str, Any] = field(default_factory=dict)

    def collect_changes(self) -> dict[str, Any]:
        """Return the values of the register fields whose answers changed since the import; None removes a value."""
        imported = self.before.record if self.before else {}
        for ours in self.register.ours:
            now, then = current_answer(self.standard, ours, self.record), current_answer(self.standard, ours, imported)
            if now == then:
                continue
            if is_list(self.standard, ours):
                self.change_list(ours, now or ())
            else:
                self.change_text(ours, str(now or ""), str(then or ""))
        return self.changes

    def change_text(self, ours: str, now: str, then: str) -> None:
        """Change the fields of the sections that changed.

        A section belongs to the field from which it was imported, or else to the first field that new exports fill.
        """
        mapped = {(each.theirs, each.ours) for each in self.before.mapped} if self.before else set()
        lines = self.register.group(ours)
        long = is_long(self.standard, ours)
        sections, old = split_sections(now, lines, is_long=long), split_sections(then, lines, is_long=long)
        for part in dict.fromkeys(line.part for line in lines):
            if sections.get(part) != old.get(part):
                candidates = [line for line in lines if line.part == part]
                origin = [line for line in candidates if (line.theirs, line.ours) in mapped]
                fresh = [line for line in candidates if line.fresh]
                self.put(next(iter(origin + fresh), None), sections.get(part))

    def change_list(self, ours: str, now: Value) -> None:
        """Remove deleted entries from each field, and add new ones to the first field with room for them."""
        lines = [line for line in self.register.group(ours) if line.fresh or line.theirs in self.source]
        current = {line.theirs: self.source_entries(line) for line in lines}
        new = [entry for entry in now if entry not in {each for entries in current.values() for each in entries}]
        for line in lines:
            kept = [entry for entry in current[line.theirs] if entry in now]
            room = (1 - len(kept)) if line.single else len(new)
            entries, new = [*kept, *new[: max(room, 0)]], new[max(room, 0) :]
            if tuple(entries) != tuple(current[line.theirs]):
                self.put(line, tuple(entries))

    def source_entries(self, line: Line) -> tuple[str, ...]:
        """Return the entries that a field of the source record gives for our list."""
        try:
            raw = self.source.get(line.theirs)
            converted = None if is_empty(raw) else convert(line, raw)
        except UnmappableError:
            return ()
        return tuple(converted.value) if converted else ()

    def put(self, line: Line | None, value: Value | None) -> None:
        """Change the field of a line, if it can hold the value; a text that contains a contact is never removed."""
        if line is None or (line.conversion == "contact_in" and line.theirs in self.changes):
            return
        if value:
            try:
                self.changes[line.theirs] = convert_back(line, value, self.source.get(line.theirs))
            except UnmappableError:
                return
        elif line.theirs in self.source and line.conversion != "contact_in":
            self.changes[line.theirs] = None
