"""`ckan opensmartcity peers`: the figures of other cities."""

from __future__ import annotations

import click

from .. import config
from ..http_client.errors import MESSAGES
from . import fetch_job


@click.group("peers")
def peers() -> None:
    """Care for the figures of other cities."""


@peers.command("fetch")
def fetch_peers() -> None:
    """Fetch the figures of the other cities that are configured, and keep ours beside them."""
    if not config.peers():
        click.echo(f"No other city is configured: {config.PEERS} is not set.", err=True)
    try:
        for url, problem in fetch_job.fetch():
            click.echo(f"{url}: {MESSAGES[problem] if problem else 'fetched'}")
    except fetch_job.PeersError as error:
        raise click.ClickException(str(error)) from error
