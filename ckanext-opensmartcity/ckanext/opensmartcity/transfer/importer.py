"""Importers of register records and of our own records: match an existing record, then create or update it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ckan import model

from .. import config
from ..exchange.provenance import Provenance, set_provenance
from ..exchange.record_mapping import IncomingRecord, changed_fields, parse_incoming
from ..exchange.record_names import NO_NAME, name_of
from ..exchange.registers import SOURCE_KEY, Imported, Register, import_record, load_register
from ..exchange.registers.exporter import embedded_source
from ..exchange.registers.fields import RECORD_TYPE
from ..exchange.registers.importer import record_identity
from ..exchange.three_way_merge import merge
from ..governance.form_pages import own_fields
from ..governance.model.packages import carried_sources
from ..governance.record_import import Importer, Outcome, Refusal, Remark, refusals_of, refuse, remarks_of
from ..standard import Message
from ..standard.answers import has_controls, shorten
from ..standard.i18n import N_
from ..standard.migration import VERSION_FIELD, NoPathError, migrate

_TWICE = N_("The same record stands already at {place}.")
_OTHER_TYPE = N_("A record of the type “{value}” has this name already.")
_NO_TYPE = N_("The standard has no record type “{value}”.")
_NOT_HERE = N_("There is no such record here, to which the answers belong.")
_BOTH = N_("It was changed both there and here. Ours stays.")


class RegisterImport:
    """Importer of records of another register, matched by the identity of the source record."""

    def __init__(self, importer: Importer, register: str) -> None:
        self.importer = importer
        self.register: Register = load_register(register)
        for id, source in carried_sources(RECORD_TYPE, SOURCE_KEY):
            before = embedded_source(self.register, {SOURCE_KEY: source})
            if before is not None:
                importer.places.put(record_identity(self.register, before), id)

    def take(self, row: Mapping[str, Any], place: str) -> Outcome:
        """Import one record. Raise RegisterError if it is invalid."""
        imported = import_record(self.register.id, dict(row), standard=config.standard())
        identity = record_identity(self.register, row)
        if first := self.importer.find_duplicate(place, identity):
            return refuse(imported.record["name"], "", _TWICE, place=first)
        notes = [(entry.theirs, entry.note) for entry in imported.mapped if entry.note]
        remarks = tuple(
            Remark(shorten(name), message)
            for name, message in (*((entry.theirs, entry.reason) for entry in imported.unmapped), *notes)
        )
        known = self.importer.places.get(identity)
        return self._change(known, imported, remarks) if known else self._create(identity, imported, remarks)

    def _create(self, identity: str, imported: Imported, remarks: tuple[Remark, ...]) -> Outcome:
        record = imported.record | {"name": self.importer.free_name(imported.record["name"], identity)}
        status, refused = self.importer.create(record)
        if status == "created":
            self.importer.places.put(f"name {record['name']}", identity)
        return Outcome(status, record["name"], refusals=refused, remarks=remarks)

    def _change(self, id: str, imported: Imported, remarks: tuple[Remark, ...]) -> Outcome:
        standard, stored = config.standard(), self.importer.saver.show(id)
        source = embedded_source(self.register, stored) or {}
        before = import_record(self.register.id, source, standard=standard).record
        merged = merge(standard, stored, before, imported.record)
        status, refused = self.importer.apply_changes(stored["name"], stored, merged.changes)
        both = tuple(Remark(name, Message(_BOTH)) for name in merged.conflicts)
        return Outcome(status, stored["name"], tuple(sorted(merged.changes)), refused, (*remarks, *both))


class OwnImport:
    """Importer of records of this standard, matched by id or name."""

    def __init__(self, importer: Importer, kind: str, source: str | None = None, *, answers_only: bool = False) -> None:
        self.importer = importer
        self.kind = kind
        self.source = source
        self.answers_only = answers_only

    def take(self, row: Mapping[str, Any], place: str) -> Outcome:
        """Import one record."""
        standard, kind = config.standard(), str(row.get("type") or self.kind)
        name = name_of(row)
        if kind not in standard.types:
            return refuse(name, "type", _NO_TYPE, value=shorten(kind))
        package = _package_of(row, name)
        if not name and package is None:
            return refuse(name, "name", NO_NAME)
        if self.answers_only and package is None:
            return refuse(name, "name", _NOT_HERE)
        keys = (name, package.id, package.name) if package else (name,)
        if first := self.importer.find_duplicate(place, *keys):
            return refuse(name, "", _TWICE, place=first)
        try:
            migrated = migrate(standard, {**row, "type": kind})
        except NoPathError as error:
            return Outcome("refused", name, refusals=(Refusal(VERSION_FIELD, None, error.message.render()),))
        incoming = parse_incoming(standard, migrated.record, kind, own_fields(kind))
        if self.answers_only:
            incoming.keep_answers(standard.types[kind].fields)
        if self.source:
            incoming.record["extras"] = set_provenance(incoming.record.get("extras") or (), Provenance(self.source))
        outcome = self._save(name, package, incoming, kind)
        notices = tuple(Remark(notice.field, notice.message) for notice in migrated.notices)
        return replace(outcome, remarks=(*outcome.remarks, *notices))

    def _save(self, name: str, package: model.Package | None, incoming: IncomingRecord, kind: str) -> Outcome:
        self.importer.others.update(incoming.ignored)
        if incoming.invalid:
            return Outcome("refused", name, refusals=refusals_of(incoming.invalid))
        return self._create(name, kind, incoming) if package is None else self._change(package, kind, incoming)

    def _create(self, name: str, kind: str, incoming: IncomingRecord) -> Outcome:
        status, refused = self.importer.create({"title": name, **incoming.record, "name": name, "type": kind})
        return Outcome(
            status, name, refusals=refused, remarks=remarks_of(incoming.dropped), is_lost=bool(incoming.dropped)
        )

    def _change(self, package: model.Package, kind: str, incoming: IncomingRecord) -> Outcome:
        if package.type != kind:
            return refuse(package.name, "type", _OTHER_TYPE, value=package.type)
        stored = self.importer.saver.show(package.id)
        changes = changed_fields(config.standard(), stored, incoming)
        status, refused = self.importer.apply_changes(package.name, stored, changes)
        return Outcome(
            status, package.name, tuple(sorted(changes)), refused, remarks_of(incoming.dropped), bool(incoming.dropped)
        )


def _package_of(row: Mapping[str, Any], name: str) -> model.Package | None:
    """Return the stored record with the id, else with the name; ignore deleted ones."""
    for key in (row.get("id"), name):
        package = model.Package.get(key) if isinstance(key, str) and key and not has_controls(key) else None
        if package is not None and package.state != "deleted":
            return package
    return None
