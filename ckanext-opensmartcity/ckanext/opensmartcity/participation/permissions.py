"""Permissions to see and answer questions: stewards of the record, and the organisation a question was passed to."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import Context

from .. import config
from ..governance import permission_labels
from ..governance.auth import may_change
from .model import questions, stories
from .model.questions import Question, Sight
from .model.stories import Story


def record(id_or_name: str) -> model.Package:
    """Return a governed record by id or name; who may see it is asked elsewhere."""
    found = model.Package.get(id_or_name)
    if found is None or found.type not in config.standard().records:
        raise tk.ObjectNotFound(tk._("There is no such record here."))
    return found


def question(question_id: str) -> Question:
    """Return a question; ObjectNotFound where there is none, or none any longer."""
    found = questions.one(model.Session(), question_id)
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such question. It may have been deleted."))
    return found


def story(story_id: str) -> Story:
    """Return a story; ObjectNotFound where there is none, or none any longer."""
    found = stories.one(model.Session(), story_id)
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such story. It may have been deleted."))
    return found


def may_settle(context: Context, found: Question) -> bool:
    """Tell whether somebody may answer, pass on or hide a question."""
    if may_change(context, found.package_id):
        return True
    user = context.get("user")
    if not is_public(found.package_id):
        return False
    may = authz.has_user_permission_for_group_or_org
    return bool(user and found.organization_id and may(found.organization_id, user, "update_dataset"))


def is_public(package_id: str) -> bool:
    """Tell whether everybody may see a record."""
    return permission_labels.is_public(model.Session(), package_id)


def own_organizations(context: Context) -> list[str] | None:
    """Return the ids of the organisations whose records a user may edit; None for all of them."""
    if context.get("ignore_auth") or authz.is_sysadmin(context.get("user")):
        return None
    if not context.get("user"):
        return []
    asked = {"permission": "update_dataset"}
    rows: list[dict[str, Any]] = tk.get_action("organization_list_for_user")(tk.fresh_context(context), asked)
    return [row["id"] for row in rows]


def of_record(context: Context, package_id: str) -> Sight:
    """Return what somebody sees of the questions of a record before they are shown to all."""
    if not context.get("user") and not context.get("ignore_auth"):
        return Sight()
    if may_change(context, package_id):
        return Sight(inner=True)
    if not is_public(package_id):
        return Sight()
    return Sight(organizations=tuple(own_organizations(context) or ()))
