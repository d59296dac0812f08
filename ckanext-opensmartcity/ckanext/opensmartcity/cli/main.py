"""Entry point of `opensmartcity`, the program for suppliers and auditors, which does not need CKAN."""

from __future__ import annotations

import click

from .check import check
from .common import CommandGroup
from .convert import convert
from .migrate import migrate_records
from .standard import standard
from .verify import verify


@click.group(cls=CommandGroup)
@click.version_option(package_name="ckanext-opensmartcity")
def main() -> None:
    """Check records against the Open Smart City governance standard, and histories against signed checkpoints."""


main.add_command(check)
main.add_command(convert)
main.add_command(migrate_records)
main.add_command(standard)
main.add_command(verify)


if __name__ == "__main__":
    main()
