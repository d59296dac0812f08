"""`ckan opensmartcity export`: every record as the standard judges it, or the algorithms for another register."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ... import config
from ...exchange.registers import export_record, register_ids
from ...logic.audit.exporting import FORMATS
from ...logic.governance import SYSTEM_TYPE
from ...logic.walking import walk
from ...standard import language
from ...standard.messages import N_
from ..convert import OWN, as_line, losses
from ..options import CLEAN, FINDINGS
from .acting import acting_user, existing_organization
from .auditing import asked_export, narrowing, told_in_a_line, write_export
from .progress import Progress

TARGETS = click.Choice([*FORMATS, OWN, *register_ids()])


@click.command("export")
@click.option("--to", "target", required=True, type=TARGETS, help="Records as judged, whole, or for a register.")
@click.option("--organization", default=None, help="Only the records of this organisation.")
@narrowing
@click.option(
    "--output", default="-", type=click.Path(path_type=Path), help="File of csv or jsonl; .gz behind it compresses."
)
@click.option("--cursor", default=None, help="Go on behind the last cursor of a file that broke off.")
@click.option("--include-private/--public-only", "private", default=False, help="Also records that are not public.")
@click.option("--user", default=None, help="The user who exports; the site user by default.")
@click.option("--lang", default="en", help="Language of the messages.")
def export_records(
    target: str,
    organization: str | None,
    filters: tuple[str, ...],
    output: Path,
    cursor: str | None,
    private: bool,
    user: str | None,
    lang: str,
) -> None:
    """Write all records with their levels, gaps and concerns; or as they are; or the algorithms for another register.

    A file of all records (csv, jsonl) gets a manifest beside it, by which it can be cited. opensmartcity: whole
    records, which `import --from opensmartcity` reads back. For a register each record is one JSON object a line; what
    the other register cannot hold, and what it requires and nothing fills, is told on the error stream. Exit code 0:
    nothing was lost; 1: something was.
    """
    actor, owner = acting_user(user), existing_organization(organization) if organization else None
    if target not in FORMATS:
        if filters or cursor or str(output) != "-":
            raise click.UsageError("--filter, --cursor and --output are for csv and jsonl")
        if target == OWN:
            sys.exit(_export_own(actor, owner, private=private))
        sys.exit(_export_register(target, actor, owner, lang, private=private))
    more = {name: value for name, value in (("organization", owner), ("cursor", cursor)) if value}
    with told_in_a_line():
        write_export(asked_export(filters, actor, lang, private=private, **more), target, output)


def _export_own(user: str, owner: str | None, *, private: bool) -> int:
    """Write whole records; systems first, because a dataset may name only those that are there."""
    kinds = sorted(config.standard().records, key=lambda kind: kind != SYSTEM_TYPE)
    with Progress() as progress:
        for kind in kinds:
            for record in walk(user, *_narrowed(kind, owner), private=private):
                click.echo(as_line(record))
                progress.step()
    return CLEAN


def _narrowed(kind: str, owner: str | None) -> list[str]:
    """Return the filters for the records of a kind, of one organisation or of all."""
    return [f"dataset_type:{kind}", "state:active", *([f'owner_org:"{owner}"'] if owner else [])]


def _export_register(target: str, user: str, owner: str | None, lang: str, *, private: bool) -> int:
    translate, standard, lost = language(lang).translate, config.standard(), 0
    with Progress() as progress:
        for record in walk(user, *_narrowed(SYSTEM_TYPE, owner), private=private):
            exported = export_record(target, record, standard=standard)
            for name, message in losses(standard, target, record, exported):
                lost += 1
                click.echo(f"{record['name']}: {name}: {message.render(translate)}", err=True)
            click.echo(as_line(exported))
            progress.step()
    summary = translate(N_("{records} records, {remarks} values without a home or fields left empty."))
    click.echo(summary.format(records=progress.count, remarks=lost), err=True)
    return FINDINGS if lost else CLEAN
