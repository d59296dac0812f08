"""What the commands without CKAN share: exit codes, the standard with a city's own folder, checks of options."""

from __future__ import annotations

from pathlib import Path

import click

from ..standard import SourceError, Standard, load_standard, shipped_folder
from ..standard.countries import EUROPEAN_UNION, country_codes

CLEAN, FINDINGS, UNREADABLE = 0, 1, 2

CITY_HELP = "A city's own folder, laid over the shipped standard."
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


class CityError(click.ClickException):
    """A mistake in a city's folder: nothing could be checked or printed."""

    exit_code = UNREADABLE


def load(city: Path | None) -> Standard:
    """Return the shipped standard, with a city's folder laid over it; a mistake in it is one line."""
    try:
        return load_standard(shipped_folder(), city)
    except SourceError as error:
        raise CityError(str(error)) from error


def jurisdiction(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """Check a home jurisdiction."""
    if value and value != EUROPEAN_UNION and value not in country_codes():
        raise click.BadParameter(f"{value!r} is not an ISO 3166-1 alpha-2 code or EU")
    return value


def known_type(standard: Standard, kind: str) -> str:
    """Check a record type."""
    if kind not in standard.records:
        raise click.BadParameter(f"{kind!r} is none of {', '.join(standard.records)}", param_hint="--type")
    return kind
