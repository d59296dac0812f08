"""`ckan opensmartcity questions`: data subject requests, export and erasure of everything that one person wrote."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import click

from . import data_subject_requests, expiry


@click.group()
def questions() -> None:
    """Give a person what they asked and told on this portal, or delete it."""


def _person_options(command: Callable[..., None]) -> Callable[..., None]:
    command = click.option("--user", help="Name or id of a user of the portal.")(command)
    command = click.option("--code", help="The code that the page gave as a receipt.")(command)
    return click.option("--email", help="The e-mail address that was given, also if it is deleted since.")(command)


def _identify(options: dict[str, Any]) -> bytes:
    try:
        return data_subject_requests.identify(options["email"], options["code"], options["user"])
    except tk.ValidationError as error:
        raise click.UsageError("Give exactly one of --email, --code and --user.") from error


@questions.command()
@_person_options
def export(**options: str) -> None:
    """Write everything that one person asked and told as JSON.

    Make sure first that it is this person who asks you.
    """
    click.echo(json.dumps(data_subject_requests.export(_identify(options)), ensure_ascii=False, indent=2))


@questions.command()
@_person_options
@click.option("--yes", is_flag=True, help="Do not ask whether you are sure.")
def forget(yes: bool, **options: str) -> None:
    """Delete everything that one person asked and told, with the answers to it. It cannot be taken back."""
    identifier = _identify(options)
    count = len(data_subject_requests.export(identifier))
    if not count:
        raise click.ClickException("Nothing of this person is here.")
    if not yes:
        click.confirm(f"Questions and stories to delete, with their answers: {count}. Go on?", abort=True)
    click.echo(f"Questions and stories deleted: {data_subject_requests.erase(identifier)}.")


@questions.command()
def expire() -> None:
    """Delete addresses, questions and stories whose period has ended. A worker does the same once a day."""
    deleted = expiry.expire()
    click.echo(
        f"Deleted: {deleted['addresses']} addresses, {deleted['questions']} questions, {deleted['stories']} stories."
    )
