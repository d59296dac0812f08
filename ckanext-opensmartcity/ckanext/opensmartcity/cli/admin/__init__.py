"""`ckan opensmartcity`: what an administrator runs on the machine of the portal, by the same actions as the API."""

from __future__ import annotations

import click

from ...audit.cli import audit_records, city_report, export_records
from ...comparison.cli import peers
from ...ledger import cli
from ...ledger.cli import ledger
from ...links.cli import links
from ...participation.cli import questions
from ...transfer.cli import import_records, migrate_records


@click.group()
def opensmartcity() -> None:
    """Govern the datasets of this portal by the open standard."""


# Its module adds to the group of the ledger.
__all__ = ["get_commands", "log", "opensmartcity"]

opensmartcity.add_command(ledger)
opensmartcity.add_command(audit_records)
opensmartcity.add_command(export_records)
opensmartcity.add_command(import_records)
opensmartcity.add_command(migrate_records)
opensmartcity.add_command(city_report)
opensmartcity.add_command(links)
opensmartcity.add_command(peers)
opensmartcity.add_command(questions)


def get_commands() -> list[click.Command]:
    """Return the group for CKAN's command line."""
    return [opensmartcity]
