"""`opensmartcity convert`: algorithm records of other registers into ours, back, and from one into another."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ..exchange import FieldNames, Problem, field_names, read_records
from ..exchange.registers import (
    RegisterError,
    export_record,
    import_record,
    load_register,
    missing_required,
    register_ids,
    unexportable_answers,
)
from ..standard import Message, Standard, language
from ..standard.answers import shorten
from ..standard.i18n import N_
from .common import CITY_HELP, CLEAN, FINDINGS, FOLDER, UNREADABLE, load

OWN = "opensmartcity"
REGISTERS = click.Choice([OWN, *register_ids()])


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--from", "source", required=True, type=REGISTERS, help="The register that the files come from.")
@click.option("--to", "target", default=OWN, type=REGISTERS, help="The register to write for.")
@click.option("--city", type=FOLDER, default=None, help=CITY_HELP)
@click.option("--lang", default="en", help="Language of the messages.")
def convert(files: tuple[Path, ...], source: str, target: str, city: Path | None, lang: str) -> None:
    """Convert algorithm records, one JSON object a line; what has no home is told on the error stream.

    Exit code 0: everything has a home; 1: something has none, or a record was refused; 2: a file could not be read.
    """
    converter = Converter(load(city), source, target)
    translate = language(lang).translate
    unreadable = False
    for path in files:
        try:
            for item in converter.convert_file(path):
                if isinstance(item, Remark):
                    click.echo(f"{path}:{item.line}: {item.field}: {item.message.render(translate)}", err=True)
                else:
                    click.echo(as_line(item))
        except OSError as error:
            click.echo(f"{path}: {error.strerror or error}", err=True)
            unreadable = True
    summary = translate(N_("{records} records, {remarks} values without a home or fields left empty."))
    click.echo(summary.format(records=converter.records, remarks=converter.remarks), err=True)
    sys.exit(converter.exit_code(unreadable=unreadable))


def as_line(record: dict[str, Any]) -> str:
    """Return a record as one line of JSON that every stream can carry."""
    text = json.dumps(record, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(record)


def losses(
    standard: Standard, target: str, record: dict[str, Any], exported: dict[str, Any]
) -> Iterator[tuple[str, Message]]:
    """Yield the answers of ours that a register cannot hold, and the fields that it requires and nothing fills."""
    for name in unexportable_answers(target, record, standard=standard):
        yield name, Message(N_("The other register cannot hold this answer as it is."))
    for name in missing_required(target, exported):
        yield name, Message(N_("The other register requires this field, and nothing fills it."))


@dataclass(frozen=True)
class Remark:
    """What a record loses on its way, or why it could not be converted at all."""

    line: int
    field: str
    message: Message


@dataclass
class Converter:
    """Converts files record by record; counts what it read and what it had to tell."""

    standard: Standard
    source: str
    target: str
    records: int = 0
    remarks: int = 0
    refused: int = 0

    def convert_file(self, path: Path) -> Iterator[dict[str, Any] | Remark]:
        """Yield the remarks on each record, and the record; OSError where the file cannot be opened."""
        for item in read_records(path, self._names()):
            if isinstance(item, Problem):
                yield self._refuse(item.line, item.field or "", item.message)
                continue
            try:
                yield from self._convert(item.line, item.record)
            except RegisterError as error:
                yield self._refuse(item.line, "", error.message)

    def exit_code(self, *, unreadable: bool) -> int:
        """Return the exit code for what was converted."""
        if unreadable or (self.refused and not self.records):
            return UNREADABLE
        return FINDINGS if self.remarks or self.refused else CLEAN

    def _names(self) -> FieldNames:
        if self.source == OWN:
            return field_names(self.standard)
        return FieldNames(frozenset(load_register(self.source).fields), frozenset())

    def _convert(self, line: int, record: dict[str, Any]) -> Iterator[dict[str, Any] | Remark]:
        if self.source != OWN:
            imported = import_record(self.source, record, standard=self.standard)
            for value in imported.unmapped:
                yield self._remark(line, value.theirs, value.reason)
            record = imported.record
        if self.target != OWN:
            exported = export_record(self.target, record, standard=self.standard)
            yield from self._losses(line, record, exported)
            record = exported
        self.records += 1
        yield record

    def _losses(self, line: int, record: dict[str, Any], exported: dict[str, Any]) -> Iterator[Remark]:
        if self.source == self.target:
            return
        for name, message in losses(self.standard, self.target, record, exported):
            yield self._remark(line, name, message)

    def _remark(self, line: int, field: str, message: Message) -> Remark:
        self.remarks += 1
        return Remark(line, shorten(field), message)

    def _refuse(self, line: int, field: str, message: Message) -> Remark:
        self.refused += 1
        return Remark(line, shorten(field), message)
