"""Options that commands share (acting user, organisation), and a progress display."""

from __future__ import annotations

import sys
import time
from types import TracebackType

import ckan.plugins.toolkit as tk
import click
from ckan import model


def acting_user(name: str | None) -> str:
    """Return the name of an active user, the site user by default; a click usage error if the user does not exist."""
    if name is None:
        return str(tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"])
    user = model.User.get(name)
    if user is None or user.state != "active":
        raise click.BadParameter(f"there is no active user {name!r}", param_hint="--user")
    return str(user.name)


def existing_organization(name: str) -> str:
    """Return the id of an active organisation; a click usage error if it does not exist."""
    group = model.Group.get(name)
    if group is None or not group.is_organization or group.state != "active":
        raise click.BadParameter(f"there is no organisation {name!r}", param_hint="--organization")
    return str(group.id)


class Progress:
    """Progress display on stderr: records processed, and records per second."""

    def __init__(self) -> None:
        self.count = 0
        self._start = self._printed = time.monotonic()
        self._interval = 1.0 if sys.stderr.isatty() else 10.0

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and self.count:
            self._print()

    def step(self) -> None:
        """Count one record."""
        self.count += 1
        if time.monotonic() - self._printed >= self._interval:
            self._print()

    def _print(self) -> None:
        self._printed = time.monotonic()
        rate = self.count / max(self._printed - self._start, 0.001)
        click.echo(f"{self.count} records, {rate:.0f} a second", err=True)
