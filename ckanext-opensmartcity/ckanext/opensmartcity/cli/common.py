"""Shared parts of the commands without CKAN: exit codes, error handling, the standard with a city's folder, options.

Expected errors end with one line on standard error and exit code 2, never with a traceback.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from ..standard import SourceError, Standard, load_standard, shipped_folder
from ..standard.countries import EUROPEAN_UNION, country_codes

CLEAN, FINDINGS, UNREADABLE = 0, 1, 2

CITY_HELP = "A city's own folder, laid over the shipped standard."
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


class CommandError(click.ClickException):
    """Failure to get a result, with exit code 2: exit code 1 means that there is a result, and it is negative."""

    exit_code = UNREADABLE


class CommandGroup(click.Group):
    """Group of commands that reports a full disk or a missing file in one line."""

    def make_context(self, *args: Any, **options: Any) -> click.Context:
        """Parse the command line, and print the help if requested."""
        with _report_os_errors():
            return super().make_context(*args, **options)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        with _report_os_errors():
            return super().invoke(ctx)


@contextmanager
def _report_os_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        # A closed pipe (`… | head`) is not an error: click ends the process silently.
        if error.errno == errno.EPIPE:
            raise
        try:
            sys.stdout.flush()
        except OSError:
            # The interpreter would try to write the rest of the buffer at exit, and fail again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise CommandError(f"{error.filename or 'The output'}: {error.strerror or error}") from error


def load(city: Path | None) -> Standard:
    """Load the shipped standard with a city's folder laid over it; raise CommandError for a mistake in that folder."""
    try:
        return load_standard(shipped_folder(), city)
    except SourceError as error:
        raise CommandError(str(error)) from error


def jurisdiction(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """Validate a home jurisdiction (click callback)."""
    if value and value != EUROPEAN_UNION and value not in country_codes():
        raise click.BadParameter(f"{value!r} is not an ISO 3166-1 alpha-2 code or EU")
    return value


def record_type(standard: Standard, kind: str) -> str:
    """Validate a record type; raise a usage error if the standard does not have it."""
    if kind not in standard.records:
        raise click.BadParameter(f"{kind!r} is not one of {', '.join(standard.records)}", param_hint="--type")
    return kind
