"""`opensmartcity migrate`: migrate records from an earlier version of the standard to a later one."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ..exchange import FieldNames, Problem, field_names, read_records
from ..standard import Message, SourceError, Standard, language, load_standard, shipped_folder
from ..standard.i18n import N_, Translate
from ..standard.migration import VERSION_FIELD, NoPathError, migrate
from .common import CLEAN, FINDINGS, FOLDER, UNREADABLE
from .convert import as_line


@click.command("migrate")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--from", "origin", default=None, help="Version of records that do not name their own.")
@click.option("--to", "target", default=None, help="Version to migrate to; default: the current one.")
@click.option("--type", "kind", default="dataset", help="Record type where a record names none: dataset or algorithm.")
@click.option("--city", type=FOLDER, default=None, help="A city's own folder, with its own migration notes.")
@click.option("--lang", default="en", help="Language of the messages.")
def migrate_records(
    files: tuple[Path, ...], origin: str | None, target: str | None, kind: str, city: Path | None, lang: str
) -> None:
    """Migrate records to a later version of the standard, one JSON object per line.

    Answers that a person must decide on, and values that have no field any more, are listed on stderr. Exit code 0:
    nothing is left to decide; 1: something is, or a record was refused; 2: a file could not be read.
    """
    try:
        standard = load_standard(shipped_folder(), city)
    except SourceError as error:
        raise click.ClickException(str(error)) from error
    migration = _Migration(standard, origin, target, kind, language(lang).translate)
    for path in files:
        migration.migrate_file(path)
    migration.print_summary()
    sys.exit(migration.exit_code())


@dataclass
class _Migration:
    """State of one run: options and counts."""

    standard: Standard
    origin: str | None
    target: str | None
    kind: str
    translate: Translate
    records: int = 0
    migrated: int = 0
    open: int = 0
    refused: int = 0
    lost: int = 0
    unreadable: bool = False

    def migrate_file(self, path: Path) -> None:
        """Migrate the records of a file; print them to stdout and the remarks to stderr."""
        try:
            for item in read_records(path, names_of_all_versions(self.standard)):
                place = f"{path}:{item.line}"
                if isinstance(item, Problem):
                    self.report(place, item)
                else:
                    self.migrate_record(place, item.record)
        except OSError as error:
            click.echo(f"{path}: {error.strerror or error}", err=True)
            self.unreadable = True

    def migrate_record(self, place: str, record: dict[str, Any]) -> None:
        """Migrate and print a record; a default type or version is used but not added to the output."""
        untyped = "type" not in record
        complete = {"type": self.kind, **({VERSION_FIELD: self.origin} if self.origin else {}), **record}
        if complete["type"] not in self.standard.records:
            template = N_("The standard has no record type “{value}”.")
            self.refuse(place, Message(template, {"value": str(complete["type"])[:60]}))
            return
        try:
            migrated = migrate(self.standard, complete, self.target, self.translate)
        except NoPathError as error:
            self.refuse(place, error.message)
            return
        self.records += 1
        self.migrated += migrated.origin not in (None, migrated.target)
        for remark in migrated.notices:
            self.open += remark.open
            click.echo(f"{place}: {remark.field}: {remark.message.render(self.translate)}", err=True)
        click.echo(as_line({k: v for k, v in migrated.record.items() if not (untyped and k == "type")}))

    def report(self, place: str, problem: Problem) -> None:
        """Print a problem of the file, and count what is lost by it."""
        if problem.loss == "record":
            self.refuse(place, problem.message)
            return
        self.lost += problem.loss == "value"
        click.echo(f"{place}: {problem.message.render(self.translate)}", err=True)

    def refuse(self, place: str, message: Message) -> None:
        """Count a record that cannot be migrated and print the reason."""
        self.refused += 1
        click.echo(f"{place}: {message.render(self.translate)}", err=True)

    def print_summary(self) -> None:
        """Print the counts to stderr."""
        summary = self.translate(
            N_("{records} records, {migrated} migrated, {open} answers to decide, {refused} refused.")
        )
        counts = {"records": self.records, "migrated": self.migrated, "open": self.open, "refused": self.refused}
        click.echo(summary.format(**counts), err=True)

    def exit_code(self) -> int:
        """Return the exit code for the records so far."""
        if self.unreadable or (self.refused and not self.records):
            return UNREADABLE
        return FINDINGS if self.open or self.refused or self.lost else CLEAN


def names_of_all_versions(standard: Standard) -> FieldNames:
    """Return the field names of this version and of all that its migrations start from."""
    names = field_names(standard)
    earlier = {step.field for note in standard.migrations for step in note.steps}
    return FieldNames(names.known | earlier, names.prefixes)
