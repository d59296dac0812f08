"""Entry point of `opensmartcity`, for suppliers and auditors, which needs no CKAN; and `opensmartcity standard`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from ..standard import (
    SourceError,
    Standard,
    language,
    list_standard,
    load_indicators,
    shipped_folder,
    standard_digest,
)
from ..standard.json_schema import json_schema
from ..standard.overlay_report import differences
from ..standard.reference_docs import limits_page, reference
from .check import check
from .common import CITY_HELP, CLEAN, FINDINGS, FOLDER, CommandError, CommandGroup, jurisdiction, load, record_type
from .convert import convert
from .migrate import migrate_records
from .portal import portal
from .verify import verify

FORMATS = ("json", "json-schema", "json-schema-limits", "markdown")


@click.command()
@click.option("--format", "form", type=click.Choice(FORMATS), default="markdown")
@click.option("--type", "kind", default="dataset", help="Record type of the JSON Schema: dataset or algorithm.")
@click.option(
    "--home",
    default=None,
    callback=jurisdiction,
    help="Home jurisdiction, for the rules of the JSON Schema that need it.",
)
@click.option("--lang", default="en", help="Language of the texts.")
@click.option("--city", type=FOLDER, default=None, help=CITY_HELP)
@click.option("--diff", type=FOLDER, default=None, help="Print only what a city's own folder changes.")
def standard(form: str, kind: str, home: str | None, lang: str, city: Path | None, diff: Path | None) -> None:
    """Print the standard, or what a city's own files change of it.

    With --diff the exit code is 1 where the city contradicts the shipped standard. It is 2 for a mistake in its files.
    Warnings name what the portal can no longer compute or say because of the city's files.
    """
    folder = diff or city
    theirs = load(folder)
    try:
        warnings = (*theirs.warnings, *load_indicators(theirs, shipped_folder(), folder).warnings)
    except SourceError as error:
        raise CommandError(str(error)) from error
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)
    if diff:
        changes = differences(load(None), theirs)
        for change in changes:
            click.echo(f"{change.kind}: {change.where}: {change.what}")
        sys.exit(FINDINGS if any(change.kind == "contradicted" for change in changes) else CLEAN)
    click.echo(_render(theirs, form, kind, home, lang))


def _render(loaded: Standard, form: str, kind: str, home: str | None, lang: str) -> str:
    if form == "markdown":
        return reference(loaded, language(lang)).rstrip()
    if form == "json-schema-limits":
        return limits_page(loaded, language(lang)).rstrip()
    if form == "json":
        listing = list_standard(loaded, language(lang).translate) | {"digest": standard_digest(loaded)}
        return json.dumps(listing, ensure_ascii=False, indent=2)
    return json.dumps(
        json_schema(loaded, record_type(loaded, kind), home, language(lang).translate), ensure_ascii=False, indent=2
    )


@click.group(cls=CommandGroup)
@click.version_option(package_name="ckanext-opensmartcity")
def main() -> None:
    """Check records against the Open Smart City governance standard, and histories against signed checkpoints.

    `opensmartcity portal` starts a portal to try out.
    """


main.add_command(check)
main.add_command(convert)
main.add_command(migrate_records)
main.add_command(portal)
main.add_command(standard)
main.add_command(verify)


if __name__ == "__main__":
    main()
