"""`ckan opensmartcity ledger`: the record of all governed changes."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import click

from ...logic.history import baseline as beginning
from ...logic.history import forgetting, watching
from ..failing import Commands


@click.group(cls=Commands)
def ledger() -> None:
    """Care for the record of all governed changes."""
    try:
        watching.require_tables()
    except tk.ValidationError as error:
        raise click.ClickException(watching.MISSING) from error


@ledger.command()
def baseline() -> None:
    """Begin the history of datasets that were there before the ledger.

    Safe while people work, and after an interruption: run it again.
    """
    with click.progressbar(length=beginning.count_missing(), label="Recording what is said now") as bar:
        for looked_at in beginning.begin_missing():
            bar.update(looked_at)
    relabelled = beginning.relabel_all()
    if relabelled:
        click.echo(f"Datasets for which it was brought up to date who may see them: {relabelled}.")
    left = beginning.count_missing()
    click.echo(
        f"Datasets that are being edited now: {left}. Run it again."
        if left
        else "Every governed dataset has a history."
    )


@ledger.command("forget-user")
@click.argument("name")
def forget_user(name: str) -> None:
    """Remove what connects events with the user NAME, for a person who asks. Every proof still holds."""
    try:
        removed = forgetting.forget_user(name)
    except tk.ObjectNotFound as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Events that no longer say who acted: {removed}.")
