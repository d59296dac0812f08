"""`ckan opensmartcity import` and `migrate`: import records, registers and catalogues; migrate older records."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import click
from ckan import model
from ckan.lib.search import SearchError, SearchIndexError
from sqlalchemy.exc import OperationalError

from .. import config, registry
from ..cli.common import CLEAN, FINDINGS, UNREADABLE
from ..cli.convert import OWN
from ..cli.migrate import names_of_all_versions
from ..exchange import FieldNames, Problem, read_records
from ..exchange.duplicates import DuplicateIndex
from ..exchange.problems import EMPTY
from ..exchange.registers import RegisterError, load_register, register_ids
from ..governance.cli import Progress, acting_user, existing_organization
from ..governance.record_import import (
    Importer,
    Outcome,
    Refusal,
    Remark,
    Saver,
    UnreadableError,
    import_in_isolation,
)
from ..standard import language
from ..standard.answers import shorten
from ..standard.i18n import N_, Translate
from ..standard.model import DATASET
from .importer import OwnImport, RegisterImport
from .migrate_records import migrate_all

_RELEASE_AFTER = 100
_STOPPED = N_("The database or the search index does not answer: {reason}. Run the import again when it does.")
RecordImporter = RegisterImport | OwnImport


class _Source(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """Our own records, those of a register, or a source that a feature registers."""

    name = "source"

    def get_metavar(self, *_: object, **__: object) -> str:
        return f"[{'|'.join(self._names())}]"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in self._names():
            self.fail(f"{value!r} is not one of {', '.join(map(repr, self._names()))}.", param, ctx)
        return value

    def _names(self) -> list[str]:
        return [OWN, *registry.importers(), *register_ids()]


@click.command("import")
@click.argument("files", nargs=-1, required=True)
@click.option(
    "--from",
    "source",
    required=True,
    type=_Source(),
    help="Whose records these are; dcat: a catalogue in RDF, as a file or at an address.",
)
@click.option("--answers-of", default=None, help="Who gave the answers, where it is not this portal. Of own or dcat.")
@click.option("--organization", required=True, help="Name or id of the organisation that new records belong to.")
@click.option("--type", "kind", default=None, help="Type of our own records that name none; a dataset by default.")
@click.option("--dry-run/--write", "dry", default=True, help="Only tell what would happen (the default), or do it.")
@click.option("--update/--no-update", default=False, help="Also change records that are there already.")
@click.option(
    "--answers-only", is_flag=True, help="Of our own records that are there already, change nothing but the answers."
)
@click.option("--private/--public", default=True, help="Who may see new records; where a record says it, that counts.")
@click.option("--user", default=None, help="The user who imports; the site user by default.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="A line of text or of JSON."
)
@click.option("--lang", default="en", help="Language of the messages.")
def import_records(
    files: tuple[str, ...],
    source: str,
    answers_of: str | None,
    organization: str,
    kind: str | None,
    dry: bool,
    update: bool,
    answers_only: bool,
    private: bool,
    user: str | None,
    form: str,
    lang: str,
) -> None:
    """Import records of JSON, JSON Lines or CSV files, or of DCAT catalogues in RDF.

    Nothing is saved without --write. A record that was imported before is known again, so an import that was stopped
    goes on when it is run again. Exit code 0: every record is on the portal, or would be; 1: something was refused,
    lost, or differs from the portal; 2: a file could not be read.
    """
    if answers_only and source != OWN:
        raise click.UsageError(f"--answers-only is for --from {OWN}")
    saver = Saver(acting_user(user), write=not dry)
    with DuplicateIndex() as places:
        importer = Importer(saver, existing_organization(organization), update, private, places)
        printer = _PRINTERS[form](language(lang).translate)
        contributed = registry.importers().get(source)
        if contributed:
            run: _Run = _ContributedRun(contributed(importer, answers_of), printer)
        else:
            default_type = config.standard().types_of(DATASET)[0]
            records = (
                OwnImport(importer, kind or default_type, answers_of, answers_only=answers_only)
                if source == OWN
                else RegisterImport(importer, source)
            )
            run = _RecordRun(records, source, printer)
        run.all(files)
        run.printer.end(run.counts, importer.others.keys(), dry=dry)
    sys.exit(run.exit_code())


def unread(field: str, rule: str | None, message: str) -> Outcome:
    """Return the outcome of an item in a file that is not a record."""
    return Outcome("refused", "", refusals=(Refusal(field, rule, message),))


class _Run:
    """Import run: reads files, prints a line for each record, and counts the outcomes."""

    def __init__(self, printer: _Printer) -> None:
        self.printer = printer
        self.counts: Counter[str] = Counter()
        self.records = 0
        self.unreadable = False

    def all(self, places: Iterable[str]) -> None:
        with Progress() as progress:
            for place in places:
                try:
                    for where, item in self.file(place):
                        if isinstance(item, Remark):
                            self.printer.note(where, item)
                            continue
                        self.count(item)
                        self.printer.record(where, item)
                        progress.step()
                        self.release()
                except UnreadableError as error:
                    self.leave_out(error.message.render(self.printer.translate))
                except OSError as error:
                    self.leave_out(f"{place}: {error.strerror or error}")
                except (SearchError, SearchIndexError, OperationalError) as error:
                    model.Session.rollback()
                    click.echo(self.printer.translate(_STOPPED).format(reason=str(error).partition("\n")[0]), err=True)
                    sys.exit(UNREADABLE)

    def file(self, place: str) -> Iterator[tuple[str, Outcome | Remark]]:
        """Yield the outcome of each record of a file, and remarks about the file itself."""
        raise NotImplementedError

    def leave_out(self, reason: str) -> None:
        click.echo(reason, err=True)
        self.unreadable = True

    def count(self, outcome: Outcome) -> None:
        self.counts[outcome.status] += 1
        self.counts["lost"] += outcome.is_lost

    def release(self) -> None:
        """Release SQLAlchemy's session regularly, so that memory use stays constant."""
        self.records += 1
        if not self.records % _RELEASE_AFTER:
            model.Session.remove()

    def exit_code(self) -> int:
        if self.unreadable or (self.counts["unread"] and self.counts["unread"] == self.records):
            return UNREADABLE
        return FINDINGS if any(self.counts[word] for word in ("refused", "lost", "differs")) else CLEAN


class _RecordRun(_Run):
    """Import run of files of records."""

    def __init__(self, importer: RecordImporter, source: str, printer: _Printer) -> None:
        super().__init__(printer)
        self.importer = importer
        self.source = source

    def file(self, place: str) -> Iterator[tuple[str, Outcome | Remark]]:
        translate = self.printer.translate
        for item in read_records(Path(place), self.names()):
            where = f"{place}:{item.line}"
            if isinstance(item, Problem):
                if item.code == EMPTY:
                    self.leave_out(f"{place}: {item.message.render(translate)}")
                elif item.loss == "record":
                    self.counts["unread"] += 1
                    column = "" if item.column is None else str(item.column)
                    yield where, unread(column, item.code, item.message.render(translate))
                else:
                    self.counts["lost"] += item.loss == "value"
                    yield where, Remark(item.field or "", item.message)
                continue
            try:
                yield where, import_in_isolation(partial(self.importer.take, item.record, where), where)
            except RegisterError as error:
                yield where, unread("", None, error.message.render(translate))

    def names(self) -> FieldNames:
        if self.source == OWN:
            return names_of_all_versions(config.standard())
        register = load_register(self.source)
        return FieldNames(frozenset(register.fields), frozenset(), register.is_chain)


class _ContributedRun(_Run):
    """Import run of a source that a feature registers."""

    def __init__(self, import_file: Callable[[str], Iterator[tuple[str, Outcome]]], printer: _Printer) -> None:
        super().__init__(printer)
        self.import_file = import_file

    def file(self, place: str) -> Iterator[tuple[str, Outcome | Remark]]:
        yield from self.import_file(place)


class _Printer:
    """Printer of one line of text for each record."""

    def __init__(self, translate: Translate) -> None:
        self.translate = translate

    def record(self, place: str, outcome: Outcome) -> None:
        changed = f" ({', '.join(outcome.fields)})" if outcome.fields else ""
        click.echo(f"{place}: {outcome.status} {outcome.name}{changed}")
        for refusal in outcome.refusals:
            rule = f" ({refusal.rule})" if refusal.rule else ""
            click.echo(f"  refused: {refusal.field or outcome.name}: {refusal.message}{rule}")
        for remark in outcome.remarks:
            click.echo(f"  note: {remark.field}: {remark.message.render(self.translate)}")

    def note(self, place: str, remark: Remark) -> None:
        """Print a remark about a file, which concerns no single record."""
        field = f"{shorten(remark.field)}: " if remark.field else ""
        click.echo(f"{place}: note: {field}{remark.message.render(self.translate)}")

    def end(self, counts: Counter[str], others: Iterable[str], *, dry: bool) -> None:
        for name in sorted(others):
            click.echo(
                f"{name}: {self.translate(N_('left out of every record, the portal keeps it itself'))}", err=True
            )
        template = N_(
            "{created} created, {updated} updated, {unchanged} unchanged, "
            "{differs} different and left alone, {refused} refused."
        )
        words = ("created", "updated", "unchanged", "differs", "refused")
        click.echo(self.translate(template).format(**{word: counts[word] for word in words}), err=True)
        if dry:
            click.echo(self.translate(N_("This was a dry run: nothing was saved. Give --write to save.")), err=True)


class _JsonPrinter(_Printer):
    """Printer of JSON Lines, one object for each record."""

    def record(self, place: str, outcome: Outcome) -> None:
        value: dict[str, Any] = {
            "place": place,
            "status": outcome.status,
            "name": outcome.name,
            "fields": list(outcome.fields),
            "refusals": [{"field": r.field, "rule": r.rule, "message": r.message} for r in outcome.refusals],
            "notes": [{"field": r.field, "message": r.message.render(self.translate)} for r in outcome.remarks],
        }
        click.echo(json.dumps(value))

    def note(self, place: str, remark: Remark) -> None:
        note = {"field": remark.field, "message": remark.message.render(self.translate)}
        click.echo(json.dumps({"place": place, "status": "note", "notes": [note]}))


_PRINTERS: dict[str, type[_Printer]] = {"text": _Printer, "json": _JsonPrinter}


@click.command("migrate")
@click.option("--dry-run/--write", "dry", default=True, help="Only tell what would happen (the default), or do it.")
@click.option("--user", default=None, help="The user who migrates; the site user by default.")
@click.option("--lang", default="en", help="Language of the messages, and of the reasons written into records.")
def migrate_records(dry: bool, user: str | None, lang: str) -> None:
    """Bring records that were answered under an earlier version of the standard to the current one.

    Nothing is saved without --write. A run that was stopped goes on when it is run again. Exit code 0: nothing is
    left to decide; 1: something is, or a record was refused.
    """
    translate, counts = language(lang).translate, Counter[str]()
    with Progress() as progress:
        for step in migrate_all(Saver(acting_user(user), write=not dry), translate):
            result = "refused" if step.refusals else "migrated"
            click.echo(f"{step.name}: {result} {step.origin} ({', '.join(step.fields)})")
            for refusal in step.refusals:
                rule = f" ({refusal.rule})" if refusal.rule else ""
                click.echo(f"  refused: {refusal.field}: {refusal.message}{rule}")
            for notice in step.notices:
                prefix = "decide" if notice.open else "note"
                click.echo(f"  {prefix}: {notice.field}: {notice.message.render(translate)}")
            counts["refused" if step.refusals else "migrated"] += 1
            counts["open"] += sum(notice.open for notice in step.notices)
            progress.step()
    summary = translate(N_("{migrated} migrated to version {version}, {open} answers to decide, {refused} refused."))
    words = {word: counts[word] for word in ("migrated", "open", "refused")}
    click.echo(summary.format(version=config.standard().version, **words), err=True)
    if dry:
        click.echo(translate(N_("This was a dry run: nothing was saved. Give --write to save.")), err=True)
    sys.exit(FINDINGS if counts["open"] or counts["refused"] else CLEAN)
