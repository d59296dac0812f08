"""Who acts, and in which role: what an event says of them names no person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import Context
from flask import has_request_context

from ..governance.model.packages import Stored


@dataclass(frozen=True)
class Actor:
    """Whoever acts: a user of the portal, the portal itself (`system`) or an anonymous visitor."""

    user_id: str | None
    name: str | None
    sysadmin: bool
    system: bool


SYSTEM = Actor(None, None, sysadmin=False, system=True)


def actor_of(context: Context) -> Actor:
    """Return who acts in a context, without a query where CKAN has loaded the user already."""
    ignored = bool(context.get("ignore_auth"))
    name = context.get("user")
    if name == tk.config["ckan.site_id"] or (ignored and not name):
        return SYSTEM
    user = _user(context, name) if name else None
    if user is None:
        return SYSTEM if ignored else Actor(None, None, sysadmin=False, system=False)
    return Actor(user.id, user.name, bool(user.sysadmin), system=ignored)


def _user(context: Context, name: str) -> Any:
    known = [context.get("auth_user_obj"), tk.current_user if has_request_context() else None]
    for user in known:
        if user and name in (getattr(user, "name", None), getattr(user, "id", None)):
            return user
    return model.User.get(name)


def role_of(actor: Actor, dataset: Stored) -> tuple[str, str | None]:
    """Return the role in which somebody acts on a dataset, and the organisation that gives it."""
    if general := _general_role(actor):
        return general, None
    if dataset.capacity:
        return dataset.capacity, dataset.organization
    if dataset.collaborates:
        return "collaborator", None
    if actor.user_id == dataset.creator_user_id:
        return "creator", None
    return _reaching_role(actor, dataset.owner_org, dataset.organization)


def role_in(actor: Actor, organization_id: str | None, name: str | None) -> tuple[str, str | None]:
    """Return the role of somebody in an organisation of that id and name."""
    if general := _general_role(actor):
        return general, None
    role = authz.users_role_for_group_or_org(organization_id, actor.name) if organization_id else None
    return (str(role), name) if role else _reaching_role(actor, organization_id, name)


def _general_role(actor: Actor) -> str | None:
    if actor.user_id is None:
        return "system" if actor.system else "anonymous"
    return "sysadmin" if actor.sysadmin else None


def _reaching_role(actor: Actor, organization_id: str | None, name: str | None) -> tuple[str, str | None]:
    # Roles of an organisation above may reach down to this one.
    reaches = authz.has_user_permission_for_group_or_org
    if organization_id and reaches(organization_id, actor.name, "update_dataset"):
        return "admin", name
    return ("system" if actor.system else "member"), None
