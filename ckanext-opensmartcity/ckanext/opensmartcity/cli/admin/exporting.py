"""`ckan opensmartcity export`: the algorithms of this portal in the shape of another register."""

from __future__ import annotations

import sys

import click

from ... import config
from ...exchange.registers import export_record, register_ids
from ...logic.governance import SYSTEM_TYPE
from ...logic.walking import walk
from ...standard import language
from ...standard.messages import N_
from ..convert import as_line, losses
from ..options import CLEAN, FINDINGS
from .acting import acting_user, existing_organization
from .progress import Progress


@click.command("export")
@click.option("--to", "target", required=True, type=click.Choice(register_ids()), help="The register to write for.")
@click.option("--organization", default=None, help="Only the records of this organisation.")
@click.option("--include-private/--public-only", "private", default=False, help="Also records that are not public.")
@click.option("--user", default=None, help="The user who exports; the site user by default.")
@click.option("--lang", default="en", help="Language of the messages.")
def export_records(target: str, organization: str | None, private: bool, user: str | None, lang: str) -> None:
    """Write the algorithm records for another register, one JSON object a line.

    What the other register cannot hold, and what it requires and nothing fills, is told on the error stream. Exit code
    0: nothing was lost; 1: something was.
    """
    translate, standard, lost = language(lang).translate, config.standard(), 0
    filters = [f"dataset_type:{SYSTEM_TYPE}", "state:active"]
    if organization:
        filters.append(f'owner_org:"{existing_organization(organization)}"')
    with Progress() as progress:
        for record in walk(acting_user(user), *filters, private=private):
            exported = export_record(target, record, standard=standard)
            for name, message in losses(standard, target, record, exported):
                lost += 1
                click.echo(f"{record['name']}: {name}: {message.render(translate)}", err=True)
            click.echo(as_line(exported))
            progress.step()
    summary = translate(N_("{records} records, {remarks} values without a home or fields left empty."))
    click.echo(summary.format(records=progress.count, remarks=lost), err=True)
    sys.exit(FINDINGS if lost else CLEAN)
