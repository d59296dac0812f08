"""`ckan opensmartcity ledger`: the signed log over the events."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from ckan import model
from sqlalchemy.exc import SQLAlchemyError

from ... import config
from ...logic.log import checkpointing, signing
from ...logic.log.errors import LogError
from ...model import checkpoints
from .ledger import ledger

FILE = click.Path(path_type=Path, dir_okay=False)


@contextmanager
def clear_errors() -> Iterator[None]:
    """Say what is wrong in one line."""
    try:
        yield
    except LogError as error:
        raise click.ClickException(str(error)) from error
    except SQLAlchemyError as error:
        raise click.ClickException(f"The database refused: {checkpointing.reason(error)}") from error
    except OSError as error:
        raise click.ClickException(f"{error.filename or 'A file'}: {error.strerror or error}") from error
    finally:
        model.Session.rollback()


@ledger.command()
@click.argument("file", type=FILE)
def key(file: Path) -> None:
    """Make a new signing key in FILE, which only its owner can read, and print its public half."""
    with clear_errors():
        signer = signing.make_key(file, signing.origin(checkpoints.keys(model.Session())))
    click.echo(signer.key)
    click.echo(
        f"Set {config.SIGNING_KEY} = {file.absolute()} and keep a copy of the file where nobody else is.", err=True
    )


@ledger.command()
def checkpoint() -> None:
    """Log what was recorded since the last time, and sign it. Safe to run at any time, also twice at once."""
    with clear_errors():
        outcome = checkpointing.checkpoint()
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
    """Hand over from the configured key to the one in FILE: both sign the log as it is now."""
    with clear_errors():
        list(checkpointing.sequence(model.Session()))
        signed = signing.rotate(model.Session(), file, lost)
    click.echo(str(signed.note), nl=False)
    click.echo(f"Now set {config.SIGNING_KEY} = {file.absolute()} and restart the portal and its workers.", err=True)
