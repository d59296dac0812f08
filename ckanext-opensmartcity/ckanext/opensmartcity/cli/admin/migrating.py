"""`ckan opensmartcity migrate`: the records of this portal to the current version of the standard."""

from __future__ import annotations

import sys
from collections import Counter

import click

from ... import config
from ...logic.migrating import Step, migrate_all
from ...logic.saving import Saver
from ...standard import language
from ...standard.messages import N_, Translate
from ..options import CLEAN, FINDINGS
from .acting import acting_user
from .progress import Progress


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
            _print(step, translate)
            counts["refused" if step.refusals else "migrated"] += 1
            counts["open"] += sum(told.open for told in step.told)
            progress.step()
    summary = translate(N_("{migrated} migrated to version {version}, {open} answers to decide, {refused} refused."))
    words = {word: counts[word] for word in ("migrated", "open", "refused")}
    click.echo(summary.format(version=config.standard().version, **words), err=True)
    if dry:
        click.echo(translate(N_("This was a dry run: nothing was saved. Give --write to save.")), err=True)
    sys.exit(FINDINGS if counts["open"] or counts["refused"] else CLEAN)


def _print(step: Step, translate: Translate) -> None:
    click.echo(f"{step.name}: {'refused' if step.refusals else 'migrated'} {step.origin} ({', '.join(step.fields)})")
    for refusal in step.refusals:
        rule = f" ({refusal.rule})" if refusal.rule else ""
        click.echo(f"  refused: {refusal.field}: {refusal.message}{rule}")
    for told in step.told:
        click.echo(f"  {'decide' if told.open else 'note'}: {told.field}: {told.message.render(translate)}")
