"""Our algorithm record in the shape of another register; what came from there unchanged goes back as it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...standard import Standard
from . import dtpr
from .conversions import NoHome, Value, convert, convert_back, is_nothing
from .fields import current, is_list, is_long, shipped_standard, split
from .importer import SOURCE_KEY, Imported, fields_of, import_record
from .mapping import Line, Register, load_register


def export_record(register: str, record: Mapping[str, Any], *, standard: Standard | None = None) -> dict[str, Any]:
    """Turn a record of ours into one of a register; unchanged answers give back exactly what was imported."""
    known, rules = load_register(register), standard or shipped_standard()
    source = source_of(known, record)
    before = import_record(register, source, standard=rules) if source is not None else None
    base: dict[str, Any] = dict(known.constants) if source is None else source
    exporting = _Exporting(known, rules, record, before, {} if source is None else fields_of(known, source))
    exporting.change_all()
    if source is None and known.write_identifier and isinstance(record.get("name"), str):
        exporting.changes.setdefault(known.write_identifier, record["name"])
    if known.is_chain:
        base = base if source is not None else base | {"elements": []}
        return dtpr.put_fields(base, exporting.changes, known.elements)
    return base | exporting.changes


def source_of(register: Register, record: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the record that ours was imported from, as it was; None where it is not from this register."""
    try:
        whole = json.loads(_extra(record) or "null")
    except (ValueError, RecursionError):
        return None
    if not isinstance(whole, dict) or whole.get("register") != register.id or not isinstance(whole.get("record"), dict):
        return None
    return dict(whole["record"])


def _extra(record: Mapping[str, Any]) -> str | None:
    extras = record.get("extras")
    entries = [entry for entry in extras if isinstance(entry, dict)] if isinstance(extras, list) else []
    found = [entry.get("value") for entry in entries if entry.get("key") == SOURCE_KEY]
    value = found[0] if found else record.get(SOURCE_KEY)
    return value if isinstance(value, str) else None


def unplaced(register: str, record: Mapping[str, Any], *, standard: Standard | None = None) -> tuple[str, ...]:
    """Return our answered fields that would not come back as they are from that register."""
    rules = standard or shipped_standard()
    exported = export_record(register, record, standard=rules)
    back = import_record(register, exported, standard=rules).record
    fields = ["title", "notes", "url", "tags", *rules.records["algorithm"].fields]
    return tuple(name for name in fields if _is_lost(current(rules, name, record), current(rules, name, back)))


def _is_lost(before: Value | None, after: Value | None) -> bool:
    return before is not None and before != after


def missing(register: str, exported: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields that the register requires and that an exported record leaves empty."""
    known = load_register(register)
    fields = fields_of(known, exported)
    return tuple(name for name in known.required if is_nothing(fields.get(name)))


@dataclass
class _Exporting:
    register: Register
    standard: Standard
    record: Mapping[str, Any]
    before: Imported | None
    source: Mapping[str, Any]
    changes: dict[str, Any] = field(default_factory=dict)

    def change_all(self) -> None:
        """Collect what must change in their record because our answer is another than the imported one."""
        was = self.before.record if self.before else {}
        for ours in self.register.ours:
            now, then = current(self.standard, ours, self.record), current(self.standard, ours, was)
            if now == then:
                continue
            if is_list(self.standard, ours):
                self._change_list(ours, now or ())
            else:
                self._change_text(ours, str(now or ""), str(then or ""))

    def _change_text(self, ours: str, now: str, then: str) -> None:
        lines = self.register.group(ours)
        long = is_long(self.standard, ours)
        parts, old = split(now, lines, is_long=long), split(then, lines, is_long=long)
        for part in dict.fromkeys(line.part for line in lines):
            if parts.get(part) != old.get(part):
                self._put(self._target([line for line in lines if line.part == part]), parts.get(part))

    def _target(self, lines: list[Line]) -> Line | None:
        """Return the line whose field gave the answer; else the first that a new record would have."""
        kept = {(kept.theirs, kept.ours) for kept in self.before.kept} if self.before else set()
        gave = [line for line in lines if (line.theirs, line.ours) in kept]
        return next(iter(gave + [line for line in lines if line.fresh]), None)

    def _change_list(self, ours: str, now: Value) -> None:
        """Take out of each of their fields what is gone, and put what is new where there is room for it."""
        lines = [line for line in self.register.group(ours) if line.fresh or line.theirs in self.source]
        held = {line.theirs: self._entries(line) for line in lines}
        new = [entry for entry in now if entry not in {one for entries in held.values() for one in entries}]
        for line in lines:
            left = [entry for entry in held[line.theirs] if entry in now]
            room = (1 - len(left)) if line.single else len(new)
            entries, new = [*left, *new[: max(room, 0)]], new[max(room, 0) :]
            if tuple(entries) != tuple(held[line.theirs]):
                self._put(line, tuple(entries))

    def _entries(self, line: Line) -> tuple[str, ...]:
        try:
            piece = None if is_nothing(self.source.get(line.theirs)) else convert(line, self.source[line.theirs])
        except NoHome:
            return ()
        return tuple(piece.value) if piece else ()

    def _put(self, line: Line | None, value: Value | None) -> None:
        if line is None or (line.conversion == "contact_in" and line.theirs in self.changes):
            return
        if value:
            try:
                self.changes[line.theirs] = convert_back(line, value, self.source.get(line.theirs))
            except NoHome:
                return
        elif line.theirs in self.source and line.conversion != "contact_in":
            self.changes[line.theirs] = None
