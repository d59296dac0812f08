"""`opensmartcity standard`: the standard as people and programs read it, and what a city changes of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from ..standard import SourceError, Standard, language, list_standard, load_standard, shipped_folder, standard_digest
from ..standard.difference import differences
from ..standard.json_schema import json_schema
from ..standard.reference import reference

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.option("--format", "form", type=click.Choice(["json", "json-schema", "markdown"]), default="markdown")
@click.option("--type", "kind", default="dataset", help="Record type of the JSON Schema: dataset or algorithm.")
@click.option("--home", default=None, help="Home jurisdiction, for the rules of the JSON Schema that need it.")
@click.option("--lang", default="en", help="Language of the texts.")
@click.option("--city", type=FOLDER, default=None, help="A city's own folder, laid over the shipped standard.")
@click.option("--diff", type=FOLDER, default=None, help="Tell what a city's own folder changes, and nothing else.")
def standard(form: str, kind: str, home: str | None, lang: str, city: Path | None, diff: Path | None) -> None:
    """Print the standard, or what a city's own files change of it.

    With --diff the exit code is 1 where the city contradicts the shipped standard.
    """
    try:
        if diff:
            sys.exit(_print_differences(diff))
        click.echo(_printed(load_standard(shipped_folder(), city), form, kind, home, lang))
    except SourceError as error:
        raise click.ClickException(str(error)) from error


def _printed(loaded: Standard, form: str, kind: str, home: str | None, lang: str) -> str:
    if form == "markdown":
        return reference(loaded, language(lang)).rstrip()
    if form == "json":
        listing = list_standard(loaded, language(lang).translate) | {"digest": standard_digest(loaded)}
        return json.dumps(listing, ensure_ascii=False, indent=2)
    if kind not in loaded.records:
        raise click.BadParameter(f"{kind!r} is none of {', '.join(loaded.records)}", param_hint="--type")
    return json.dumps(json_schema(loaded, kind, home, language(lang).translate), ensure_ascii=False, indent=2)


def _print_differences(city: Path) -> int:
    found = differences(load_standard(shipped_folder()), load_standard(shipped_folder(), city))
    for difference in found:
        click.echo(f"{difference.kind}: {difference.where}: {difference.what}")
    return int(any(difference.kind == "contradicted" for difference in found))
