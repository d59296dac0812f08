"""`opensmartcity migrate`: records of an earlier version of the standard into records of a later one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ..exchange import Names, Problem, names_of, read_records
from ..standard import Message, SourceError, Standard, language, load_standard, shipped_folder
from ..standard.i18n import N_, Translate
from ..standard.migration import VERSION_FIELD, MigrationResult, NoPathError, migrate
from .common import CLEAN, FINDINGS, FOLDER, UNREADABLE
from .convert import as_line


@click.command("migrate")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--from", "origin", default=None, help="The version of records that do not say theirs.")
@click.option("--to", "target", default=None, help="The version to migrate to; the current one by default.")
@click.option("--type", "kind", default="dataset", help="Record type where a record names none: dataset or algorithm.")
@click.option("--city", type=FOLDER, default=None, help="A city's own folder, with its own notes.")
@click.option("--lang", default="en", help="Language of the messages.")
def migrate_records(
    files: tuple[Path, ...], origin: str | None, target: str | None, kind: str, city: Path | None, lang: str
) -> None:
    """Bring records to a later version of the standard, one JSON object a line.

    What a person must decide or answer, and what has no place any more, is told on the error stream. Exit code 0:
    nothing is left to decide; 1: something is, or a record was refused; 2: a file could not be read.
    """
    try:
        standard = load_standard(shipped_folder(), city)
    except SourceError as error:
        raise click.ClickException(str(error)) from error
    run = _Run(standard, origin, target, kind, language(lang).translate)
    for path in files:
        run.file(path)
    summary = run.translate(N_("{records} records, {migrated} migrated, {open} answers to decide, {refused} refused."))
    counts = {"records": run.records, "migrated": run.migrated, "open": run.open, "refused": run.refused}
    click.echo(summary.format(**counts), err=True)
    sys.exit(run.exit_code())


@dataclass
class _Run:
    standard: Standard
    origin: str | None
    target: str | None
    kind: str
    translate: Translate
    records: int = 0
    migrated: int = 0
    open: int = 0
    refused: int = 0
    unreadable: bool = False

    def file(self, path: Path) -> None:
        try:
            for place, record in self.read(path):
                self.take(place, record)
        except OSError as error:
            click.echo(f"{path}: {error.strerror or error}", err=True)
            self.unreadable = True

    def read(self, path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
        for item in read_records(path, names_with_earlier(self.standard)):
            if isinstance(item, Problem):
                self.refuse(f"{path}:{item.line}", item.message)
            else:
                yield f"{path}:{item.line}", item.record

    def take(self, place: str, record: dict[str, Any]) -> None:
        untyped = "type" not in record
        whole = {"type": self.kind, **({VERSION_FIELD: self.origin} if self.origin else {}), **record}
        if whole["type"] not in self.standard.records:
            template = N_("The standard has no record type “{value}”.")
            self.refuse(place, Message(template, {"value": str(whole["type"])[:60]}))
            return
        try:
            done = migrate(self.standard, whole, self.target, self.translate)
        except NoPathError as error:
            self.refuse(place, error.message)
            return
        self.records += 1
        self.tell(place, done)
        click.echo(as_line({k: v for k, v in done.record.items() if not (untyped and k == "type")}))

    def tell(self, place: str, done: MigrationResult) -> None:
        self.migrated += done.origin not in (None, done.target)
        for told in done.notices:
            self.open += told.open
            click.echo(f"{place}: {told.field}: {told.message.render(self.translate)}", err=True)

    def refuse(self, place: str, message: Message) -> None:
        self.refused += 1
        click.echo(f"{place}: {message.render(self.translate)}", err=True)

    def exit_code(self) -> int:
        if self.unreadable or (self.refused and not self.records):
            return UNREADABLE
        return FINDINGS if self.open or self.refused else CLEAN


def names_with_earlier(standard: Standard) -> Names:
    """Return the names that records may use, those of earlier versions included."""
    names = names_of(standard)
    earlier = {step.field for note in standard.migrations for step in note.steps}
    return Names(names.known | earlier, names.prefixes)
