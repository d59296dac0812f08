"""Who runs a command, and for which organisation."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import click
from ckan import model


def acting_user(name: str | None) -> str:
    """Return the name of the user asked for, of the site user by default; a usage error where there is none."""
    if name is None:
        return str(tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"])
    user = model.User.get(name)
    if user is None or user.state != "active":
        raise click.BadParameter(f"there is no active user {name!r}", param_hint="--user")
    return str(user.name)


def existing_organization(name: str) -> str:
    """Return the id of an organisation; a usage error where there is none."""
    group = model.Group.get(name)
    if group is None or not group.is_organization or group.state != "active":
        raise click.BadParameter(f"there is no organisation {name!r}", param_hint="--organization")
    return str(group.id)
