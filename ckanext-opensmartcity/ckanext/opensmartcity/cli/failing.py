"""Commands that cannot go on for want of a file or of room for their output: one line, and an exit code of its own."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click


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
