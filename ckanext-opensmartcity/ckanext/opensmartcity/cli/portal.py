"""`opensmartcity portal`: start the embedded portal with its demo city, installed with the extra `portal`."""

from __future__ import annotations

import sys
from importlib.util import find_spec

import click

from .common import CommandError

# Modules of the extra, apart from the servers, which variables such as OSC_SOLR_URL can replace.
REQUIRED = ("ckan", "ckanext.dcat", "gunicorn", "psutil", "psycopg2", "redis", "time_machine")


@click.command()
@click.option("--data", metavar="FOLDER", help="Folder of its data, by default OSC_DATA or a folder of yours.")
@click.option("--port", metavar="PORT", help="Port of the portal, by default OSC_PORT or 5000.")
@click.option("--stop-with-parent", is_flag=True, help="Stop when the parent process ends, as a Makefile needs it.")
def portal(data: str | None, port: str | None, stop_with_parent: bool) -> None:
    """Start a whole portal with an invented city: database, search index, CKAN and demo logins. Ctrl-C stops it.

    It needs Linux and no root, and listens on this machine only. The first start takes a minute or two, later starts
    take seconds and keep the data.
    """
    missing = [name for name in REQUIRED if find_spec(name) is None]
    if missing:
        raise CommandError(
            f"The embedded portal is not installed ({', '.join(missing)}): pip install 'ckanext-opensmartcity[portal]'"
        )
    from ..portal.cli import main  # noqa: PLC0415

    arguments = ["--stop-with-parent"] if stop_with_parent else []
    arguments += ["serve", *(["--data", data] if data else []), *(["--port", port] if port else [])]
    sys.exit(main(arguments))
