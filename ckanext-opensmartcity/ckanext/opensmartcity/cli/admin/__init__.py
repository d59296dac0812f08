"""`ckan opensmartcity`: what an administrator runs on the machine of the portal, by the same actions as the API."""

from __future__ import annotations

import click

from . import log
from .ledger import ledger


@click.group()
def opensmartcity() -> None:
    """Govern the datasets of this portal by the open standard."""


# Its module adds to the group of the ledger.
__all__ = ["get_commands", "log", "opensmartcity"]

opensmartcity.add_command(ledger)


def get_commands() -> list[click.Command]:
    """Return the group for CKAN's command line."""
    return [opensmartcity]
