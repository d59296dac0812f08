"""`ckan opensmartcity links`: whether the links of datasets lead somewhere."""

from __future__ import annotations

from collections import Counter
from contextlib import closing

import click
from sqlalchemy.exc import SQLAlchemyError

from ..governance.cli import Progress
from ..governance.model import reason
from . import check_job


@click.group("links")
def links() -> None:
    """Care for the links of datasets."""


@links.command("check")
@click.option("--limit", type=click.IntRange(1), default=None, help="Look at so many links at most.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=check_job.WORKERS,
    show_default=True,
    help="Ask so many hosts at the same time; never one host twice at once.",
)
def check_links(limit: int | None, workers: int) -> None:
    """Check the links of public datasets that are due, politely.

    Stop it at any time, and run it again: it goes on where it was.
    """
    counts: Counter[str] = Counter()
    try:
        with Progress() as progress, closing(check_job.check(limit, workers)) as outcomes:
            for outcome in outcomes:
                counts[outcome] += 1
                progress.step()
        left = check_job.waiting()
    except check_job.RunError as error:
        raise click.ClickException(str(error)) from error
    except SQLAlchemyError as error:
        raise click.ClickException(f"The database refused: {reason(error)}") from error
    click.echo(
        f"{counts['reached']} reached, {counts['failed']} not reached, {counts['unchecked']} not ours to judge, "
        f"{counts['wait']} asked us to come back. {left} are still due.",
        err=True,
    )
