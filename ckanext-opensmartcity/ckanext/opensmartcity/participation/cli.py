"""`ckan opensmartcity questions`: what one person wrote, exported or deleted for a person who asks."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import click

from . import data_subject_requests


@click.group()
def questions() -> None:
    """Give a person what they asked and told on this portal, or delete it."""


def _by_whom(command: Callable[..., None]) -> Callable[..., None]:
    command = click.option("--user", help="Name or id of a user of the portal.")(command)
    command = click.option("--code", help="The code that the page gave as a receipt.")(command)
    return click.option("--email", help="The e-mail address that was given, also if it is deleted since.")(command)


def _mark(asked: dict[str, Any]) -> bytes:
    try:
        return data_subject_requests.mark(asked["email"], asked["code"], asked["user"])
    except tk.ValidationError as error:
        raise click.UsageError("Give exactly one of --email, --code and --user.") from error


@questions.command()
@_by_whom
def export(**asked: str) -> None:
    """Write everything that one person asked and told as JSON.

    Make sure first that it is this person who asks you.
    """
    click.echo(json.dumps(data_subject_requests.export(_mark(asked)), ensure_ascii=False, indent=2))


@questions.command()
@_by_whom
@click.option("--yes", is_flag=True, help="Do not ask whether you are sure.")
def forget(yes: bool, **asked: str) -> None:
    """Delete everything that one person asked and told, with the answers to it. It cannot be taken back."""
    mark = _mark(asked)
    there = len(data_subject_requests.export(mark))
    if not there:
        raise click.ClickException("Nothing of this person is here.")
    if not yes:
        click.confirm(f"Questions and stories to delete, with their answers: {there}. Go on?", abort=True)
    click.echo(f"Questions and stories deleted: {data_subject_requests.forget(mark)}.")
