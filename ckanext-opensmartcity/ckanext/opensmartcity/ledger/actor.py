"""Actor of an event and the role in which they act. Events hold a salted commitment to the actor, never a name."""

from __future__ import annotations

from dataclasses import dataclass

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import Context
from flask import has_request_context

from ..governance.model.packages import Stored


@dataclass(frozen=True)
class Actor:
    """User of the portal, the portal itself (`system`) or an anonymous visitor."""

    user_id: str | None
    name: str | None
    sysadmin: bool
    system: bool


SYSTEM = Actor(None, None, sysadmin=False, system=True)


def actor_of(context: Context) -> Actor:
    """Return the actor of a context, without a query if CKAN has already loaded the user."""
    ignored = bool(context.get("ignore_auth"))
    name = context.get("user")
    if name == tk.config["ckan.site_id"] or (ignored and not name):
        return SYSTEM
    loaded = [context.get("auth_user_obj"), tk.current_user if has_request_context() else None]
    matching = (user for user in loaded if user and name in (getattr(user, "name", None), getattr(user, "id", None)))
    user = (next(matching, None) or model.User.get(name)) if name else None
    if user is None:
        return SYSTEM if ignored else Actor(None, None, sysadmin=False, system=False)
    return Actor(user.id, user.name, bool(user.sysadmin), system=ignored)


def role_of(actor: Actor, dataset: Stored) -> tuple[str, str | None]:
    """Return the role of an actor on a dataset, and the organisation that grants it."""
    if general := _general_role(actor):
        return general, None
    if dataset.capacity:
        return dataset.capacity, dataset.organization
    if dataset.collaborates:
        return "collaborator", None
    if actor.user_id == dataset.creator_user_id:
        return "creator", None
    return _inherited_role(actor, dataset.owner_org, dataset.organization)


def role_in(actor: Actor, organization_id: str | None, name: str | None) -> tuple[str, str | None]:
    """Return the role of an actor in the organisation with this id and name."""
    if general := _general_role(actor):
        return general, None
    role = authz.users_role_for_group_or_org(organization_id, actor.name) if organization_id else None
    return (str(role), name) if role else _inherited_role(actor, organization_id, name)


def _general_role(actor: Actor) -> str | None:
    if actor.user_id is None:
        return "system" if actor.system else "anonymous"
    return "sysadmin" if actor.sysadmin else None


def _inherited_role(actor: Actor, organization_id: str | None, name: str | None) -> tuple[str, str | None]:
    # Roles can be inherited from parent organisations.
    has_permission = authz.has_user_permission_for_group_or_org
    if organization_id and has_permission(organization_id, actor.name, "update_dataset"):
        return "admin", name
    return ("system" if actor.system else "member"), None
