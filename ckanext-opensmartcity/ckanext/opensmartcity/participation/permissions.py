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
from .model.questions import Question, Visibility
from .model.stories import Story


def get_record(id_or_name: str) -> model.Package:
    """Return a governed record by id or name, without checking access. Raise ObjectNotFound."""
    package = model.Package.get(id_or_name)
    if package is None or package.type not in config.standard().types:
        raise tk.ObjectNotFound(tk._("There is no such record here."))
    return package


def get_question(question_id: str) -> Question:
    """Return a question. Raise ObjectNotFound."""
    question = questions.one(model.Session(), question_id)
    if question is None:
        raise tk.ObjectNotFound(tk._("There is no such question. It may have been deleted."))
    return question


def get_story(story_id: str) -> Story:
    """Return a story. Raise ObjectNotFound."""
    story = stories.one(model.Session(), story_id)
    if story is None:
        raise tk.ObjectNotFound(tk._("There is no such story. It may have been deleted."))
    return story


def may_settle(context: Context, question: Question) -> bool:
    """Return whether the user may answer, pass on or hide a question."""
    if may_change(context, question.package_id):
        return True
    user = context.get("user")
    if not is_public(question.package_id):
        return False
    may = authz.has_user_permission_for_group_or_org
    return bool(user and question.organization_id and may(question.organization_id, user, "update_dataset"))


def is_public(package_id: str) -> bool:
    """Return whether a record is public."""
    return permission_labels.is_public(model.Session(), package_id)


def own_organizations(context: Context) -> list[str] | None:
    """Return the ids of the organisations whose records the user may edit; None means all."""
    if context.get("ignore_auth") or authz.is_sysadmin(context.get("user")):
        return None
    if not context.get("user"):
        return []
    params = {"permission": "update_dataset"}
    rows: list[dict[str, Any]] = tk.get_action("organization_list_for_user")(tk.fresh_context(context), params)
    return [row["id"] for row in rows]


def visibility(context: Context, package_id: str) -> Visibility:
    """Return which unpublished questions of a record the user may see."""
    if not context.get("user") and not context.get("ignore_auth"):
        return Visibility()
    if may_change(context, package_id):
        return Visibility(unrestricted=True)
    if not is_public(package_id):
        return Visibility()
    return Visibility(organizations=tuple(own_organizations(context) or ()))
