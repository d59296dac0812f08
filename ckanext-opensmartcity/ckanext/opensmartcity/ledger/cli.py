"""`ckan opensmartcity ledger`: baseline, erasure, redaction, signing keys, checkpoints, verification and export."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ckan.plugins.toolkit as tk
import click
from ckan import model
from sqlalchemy.exc import SQLAlchemyError

from .. import config
from ..cli.common import CommandError, CommandGroup
from ..cli.verify import EXIT_CODES, REPORTS, Outcome, read_key_options
from ..governance.model import reason
from ..standard import language
from ..standard.answers import has_controls
from ..tlog.signed_note import VerifierKey
from . import access, change_capture, maintenance, recovery, redaction, self_verification, sequencer
from . import export as ledger_export
from . import signer as ledger_signer
from .model import log as ledger_log
from .model import subject_state
from .signer import LogError
from .verify import StoredLog


@click.group(cls=CommandGroup)
def ledger() -> None:
    """Manage the record of all governed changes."""
    try:
        change_capture.require_tables()
    except tk.ValidationError as error:
        raise click.ClickException(change_capture.MISSING) from error


@ledger.command()
def baseline() -> None:
    """Begin the history of datasets that existed before the ledger.

    Safe while people work, and after an interruption: run it again.
    """
    with click.progressbar(length=maintenance.count_missing(), label="Recording the present answers") as bar:
        for checked in maintenance.begin_missing():
            bar.update(checked)
    relabelled = maintenance.relabel_all()
    if relabelled:
        click.echo(f"Datasets whose permission labels or last days of keeping were updated: {relabelled}.")
    left = maintenance.count_missing()
    click.echo(
        f"Datasets that are being edited now: {left}. Run it again."
        if left
        else "Every governed dataset has a history."
    )


@ledger.command("forget-user")
@click.argument("name")
def forget_user(name: str) -> None:
    """Erase the link between events and the user NAME, on a person's request. Every proof still holds."""
    try:
        removed = maintenance.forget_user(name)
    except tk.ObjectNotFound as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Events that no longer say who acted: {removed}.")


def read_ground(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """Validate the ground of a redaction (click callback)."""
    ground = value.strip()
    if not ground or len(ground) > redaction.MAX_GROUND or has_controls(ground):
        raise click.BadParameter(
            f"Give a text of at most {redaction.MAX_GROUND} characters, without control characters."
        )
    return ground


@ledger.command()
@click.argument("event", type=click.UUID)
@click.option("--field", "fields", multiple=True, help="Only this field of the event. May be repeated.")
@click.option("--ground", required=True, callback=read_ground, help="The legal ground, for everybody to read.")
@click.option(
    "--role",
    type=click.Choice(redaction.ROLES),
    default=redaction.ROLES[0],
    show_default=True,
    help="The role in which you decide this, for everybody to read.",
)
@click.option("--dry-run", is_flag=True, help="Only show what would be redacted.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def redact(event: uuid.UUID, fields: tuple[str, ...], ground: str, role: str, dry_run: bool, yes: bool) -> None:
    """Erase values of the event EVENT, and the same values from all events of its record, for good.

    The hashes of the events stay, so that every proof holds, and an event of the record says what was erased, when, in
    which role and on which ground. First change the answer, if the record still gives it.

    Exit code 0: redacted, or shown; 1: refused, nothing is changed.
    """
    with clear_errors():
        try:
            plan = redaction.prepare(model.Session(), str(event), fields)
            redaction.check_ground(plan, ground)
            _show_redaction(plan)
            if dry_run:
                click.echo("Nothing was changed.")
                return
            if not yes:
                # Nobody who edits the record waits for the answer.
                model.Session.rollback()
                click.confirm("These values cannot be restored. Erase them?", abort=True)
                shown, plan = plan.erased, redaction.prepare(model.Session(), str(event), fields)
                if plan.erased != shown:
                    raise redaction.RedactionRefused("The record was changed meanwhile. Run the command again.")
            recorded = redaction.redact(model.Session(), plan, ground, role)
        except redaction.RedactionRefused as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"Redacted. Recorded by: {', '.join(recorded)}.")
        try:
            sequencer.checkpoint()
        except LogError as error:
            click.echo(f"Not signed yet: {error}", err=True)


def _show_redaction(plan: redaction.Plan) -> None:
    click.echo(f"“{plan.state.title}” ({plan.state.name}). Values to erase:")
    for value in plan.erased:
        click.echo(f"  {value.event_id}  {value.at}  {value.field}: {value.side}")
    if plan.also or plan.answers:
        click.echo("This stays, because it was not chosen, or is a present answer:")
    for value in plan.also:
        click.echo(f"  {value.event_id}  {value.at}  {value.field}: {value.side}")
    for name in plan.answers:
        click.echo(f"  present answer to {name}")


FILE = click.Path(path_type=Path, dir_okay=False)


@contextmanager
def clear_errors() -> Iterator[None]:
    """Turn errors of the log and the database into one line; the command group handles those of files and output."""
    try:
        yield
    except LogError as error:
        raise click.ClickException(str(error)) from error
    except SQLAlchemyError as error:
        raise CommandError(f"The database refused: {reason(error)}") from error
    finally:
        model.Session.rollback()


@ledger.command()
@click.argument("file", type=FILE)
def key(file: Path) -> None:
    """Make a new signing key in FILE, readable by its owner only, and print the public key."""
    with clear_errors():
        signer = ledger_signer.make_key(file, ledger_signer.origin(ledger_log.keys(model.Session())))
    click.echo(signer.key)
    click.echo(f"Set {config.SIGNING_KEY} = {file.absolute()} and keep a copy of the file in a safe place.", err=True)


@ledger.command()
def checkpoint() -> None:
    """Log the events since the last checkpoint, and sign. Safe to run at any time, also concurrently."""
    with clear_errors():
        outcome = sequencer.checkpoint()
    click.echo(f"{outcome.added} events logged.", err=True)
    if outcome.signed:
        click.echo(str(outcome.signed.note), nl=False)
    elif config.signing_key() is None:
        raise click.ClickException(f"Nothing is signed: {config.SIGNING_KEY} is not set")
    else:
        click.echo("Nothing new to sign.", err=True)


@ledger.command()
@click.argument("file", type=FILE)
@click.option("--lost", is_flag=True, help="The old key is lost: the new one signs alone.")
def rotate(file: Path, lost: bool) -> None:
    """Rotate from the configured key to the one in FILE; both sign the log once."""
    with clear_errors():
        list(sequencer.sequence(model.Session()))
        signed = ledger_signer.rotate(model.Session(), file, lost)
    click.echo(str(signed.note), nl=False)
    click.echo(f"Now set {config.SIGNING_KEY} = {file.absolute()} and restart the portal and its workers.", err=True)


@ledger.command()
@click.option("--checkpoint", "kept", multiple=True, type=FILE, help="A checkpoint that you kept. May be repeated.")
@click.option("--key", "keys", multiple=True, callback=read_key_options, help="A public key that you kept, or a file.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How findings are printed.")
@click.option("--lang", default="en", help="Language of the messages.")
def verify(kept: tuple[Path, ...], keys: list[VerifierKey], form: str, lang: str) -> None:
    """Recompute all hashes from the rows of the database, and report what does not match.

    The result is shown on the page of the ledger, unless a checkpoint or key was given. A finding about the log stops
    signing. Exit code 0: verified; 1: failed, something does not match; 2: not verifiable, something is missing.
    """
    report, outcome = REPORTS[form](language(lang).translate), Outcome(keys_given=bool(keys))
    report.begin()
    with clear_errors():
        log = StoredLog(model.Session(), keys, list(kept))
        self_verification.run(model.Session(), log, report.add, outcome, store=not (kept or keys))
    report.end(outcome)
    sys.exit(EXIT_CODES[outcome.verdict])


@ledger.command()
@click.option("--after-restore", is_flag=True, required=True, help="The database was restored from a backup.")
@click.option("--reason", help="What happened, for everybody to read.")
def resume(after_restore: bool, reason: str | None) -> None:
    """Go on with a log that lacks events which were signed, and record that in the ledger.

    The checkpoint that no longer counts stays beside the key. Auditors who kept it, or a later one, will find that the
    log was rebuilt, so announce publicly what was lost.
    """
    with clear_errors():
        signed = recovery.resume_after_restore(reason)
    click.echo(str(signed.note), nl=False)


@ledger.command()
@click.argument("file", type=FILE)
@click.option("--dataset", help="Only the history of this dataset, by id or name, with a proof for each event.")
@click.option(
    "--since", "sizes", multiple=True, type=int, help="With --dataset: the size of a checkpoint that you kept."
)
@click.option(
    "--everything", is_flag=True, help="Also events that the public may not see; without it, only their hashes."
)
def export(file: Path, dataset: str | None, sizes: tuple[int, ...], everything: bool) -> None:
    """Write the log to FILE, as JSON Lines that `opensmartcity verify` checks."""
    with clear_errors():
        session = model.Session()
        viewer = ledger_export.EVERYTHING if everything else access.viewer({"user": ""})
        if dataset is None:
            lines = ledger_export.whole(session, viewer)
        else:
            state = subject_state.find(session, dataset)
            if state is None:
                raise click.ClickException(f"There is no history of {dataset}")
            lines = ledger_export.part(session, state.subject_id, viewer, sizes)
        count = write_lines(file, lines)
    click.echo(f"{count} lines written to {file}", err=True)


def write_lines(file: Path, lines: Iterator[str]) -> int:
    """Write lines to a file atomically, by a temporary file beside it; return the number of lines."""
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        if file.exists() and not file.is_file():
            # A pipe or a device cannot be replaced.
            return _write(file, "w", lines)
        try:
            count = _write(temporary, "x", lines)
            temporary.replace(file)
        finally:
            temporary.unlink(missing_ok=True)
        return count
    except OSError as error:
        error.filename, error.filename2 = str(file), None
        raise


def _write(file: Path, mode: str, lines: Iterator[str]) -> int:
    count = 0
    with file.open(mode, encoding="utf-8") as target:
        for count, line in enumerate(lines, 1):  # noqa: B007  (the last number is the answer)
            target.write(line + "\n")
        target.flush()
        if file.is_file():
            os.fsync(target.fileno())
    return count
