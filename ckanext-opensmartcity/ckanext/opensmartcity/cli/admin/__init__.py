"""`ckan opensmartcity`: what an administrator runs on the machine of the portal, by the same actions as the API."""

from __future__ import annotations

import click

from .city_report import city_report


@click.group()
def opensmartcity() -> None:
    """Govern the datasets of this portal by the open standard."""


opensmartcity.add_command(city_report)


def get_commands() -> list[click.Command]:
    """Return the group for CKAN's command line."""
    return [opensmartcity]
