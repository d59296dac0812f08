"""`opensmartcity convert`: convert algorithm records between other registers and this standard."""

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
@click.option("--to", "target", default=OWN, type=REGISTERS, help="The register to convert to.")
@click.option("--city", type=FOLDER, default=None, help=CITY_HELP)
@click.option("--lang", default="en", help="Language of the messages.")
def convert(files: tuple[Path, ...], source: str, target: str, city: Path | None, lang: str) -> None:
    """Convert algorithm records to one JSON object per line; values that cannot be converted are listed on stderr.

    Exit code 0: all values converted; 1: some not, or a record was refused; 2: a file could not be read.
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
    """Serialize a record as one line of JSON; escape it if it has characters that are not printable."""
    text = json.dumps(record, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(record)


def losses(
    standard: Standard, target: str, record: dict[str, Any], exported: dict[str, Any]
) -> Iterator[tuple[str, Message]]:
    """Yield name and message of each answer that a register cannot hold, and of each required field left empty."""
    for name in unexportable_answers(target, record, standard=standard):
        yield name, Message(N_("The other register cannot hold this answer as it is."))
    for name in missing_required(target, exported):
        yield name, Message(N_("The other register requires this field, but the record has no value for it."))


@dataclass(frozen=True)
class Remark:
    """A value lost in conversion, or the reason why a record was refused."""

    line: int
    field: str
    message: Message


@dataclass
class Converter:
    """Converts files record by record; counts records, remarks and refused records."""

    standard: Standard
    source: str
    target: str
    records: int = 0
    remarks: int = 0
    refused: int = 0

    def convert_file(self, path: Path) -> Iterator[dict[str, Any] | Remark]:
        """Yield the remarks on each record, then the record; raise OSError if the file cannot be opened."""
        if self.source == OWN:
            names = field_names(self.standard)
        else:
            register = load_register(self.source)
            names = FieldNames(frozenset(register.fields), frozenset(), register.is_chain)
        for item in read_records(path, names):
            if isinstance(item, Problem):
                yield self._report(item)
                continue
            try:
                yield from self._convert(item.line, item.record)
            except RegisterError as error:
                yield self._refuse(item.line, "", error.message)

    def exit_code(self, *, unreadable: bool) -> int:
        """Return the exit code for the records so far."""
        if unreadable or (self.refused and not self.records):
            return UNREADABLE
        return FINDINGS if self.remarks or self.refused else CLEAN

    def _convert(self, line: int, record: dict[str, Any]) -> Iterator[dict[str, Any] | Remark]:
        if self.source != OWN:
            imported = import_record(self.source, record, standard=self.standard)
            for value in imported.unmapped:
                yield self._remark(line, value.theirs, value.reason)
            for mapped in imported.mapped:
                if mapped.note:
                    yield Remark(line, shorten(mapped.theirs), mapped.note)
            record = imported.record
        if self.target != OWN:
            exported = export_record(self.target, record, standard=self.standard)
            if self.source != self.target:
                for name, message in losses(self.standard, self.target, record, exported):
                    yield self._remark(line, name, message)
            record = exported
        self.records += 1
        yield record

    def _report(self, problem: Problem) -> Remark:
        """Return a problem of the file as a remark, and count what is lost by it."""
        if problem.loss == "record":
            return self._refuse(problem.line, problem.field or "", problem.message)
        if problem.loss == "value":
            return self._remark(problem.line, problem.field or "", problem.message)
        return Remark(problem.line, shorten(problem.field or ""), problem.message)

    def _remark(self, line: int, field: str, message: Message) -> Remark:
        self.remarks += 1
        return Remark(line, shorten(field), message)

    def _refuse(self, line: int, field: str, message: Message) -> Remark:
        self.refused += 1
        return Remark(line, shorten(field), message)
