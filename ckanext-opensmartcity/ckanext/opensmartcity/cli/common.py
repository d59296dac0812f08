"""Commands that cannot go on for want of a file or of room for their output: one line, and an exit code of its own."""
# MERGED What the commands without CKAN share: exit codes, the standard with a city's own folder, checks of options.

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


class Unable(click.ClickException):
    """What was asked could not be found out; an exit code of 1 would say that it was, and that the answer is no."""

    exit_code = 2


class Commands(click.Group):
    """A group of commands, none of which ends in a traceback where its output does not fit or a file goes away."""

    def make_context(self, *args: Any, **options: Any) -> click.Context:
        """Read the command line, and answer a request for help."""
        with _told():
            return super().make_context(*args, **options)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        with _told():
            return super().invoke(ctx)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        # Whoever reads a pipe may have seen enough: click ends quietly then.
        if error.errno == errno.EPIPE:
            raise
        _let_go_of_output()
        raise Unable(f"{error.filename or 'The output'}: {error.strerror or error}") from error


def _let_go_of_output() -> None:
    """What could not be written is still held, and would be tried again, and fail again, at the very end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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
