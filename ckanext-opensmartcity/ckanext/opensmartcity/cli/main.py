"""`opensmartcity`: what a supplier or an auditor runs without a portal."""

from __future__ import annotations

import click

from .check import check
from .convert import convert
from .migrate import migrate_records
from .standard import standard


@click.group()
@click.version_option(package_name="ckanext-opensmartcity")
def main() -> None:
    """Check records against the Open Smart City governance standard, without CKAN."""


main.add_command(check)
main.add_command(convert)
main.add_command(migrate_records)
main.add_command(standard)
