"""Who may do what: reading governance is reading the dataset."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context

from .. import config
from ..governance.auth import may_change
from . import permissions


def _may_speak(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    who = config.questions()
    if who == "off":
        return {"success": False, "msg": tk._("This portal takes no questions and no stories.")}
    if who == "members" and not context.get("user"):
        return {"success": False, "msg": tk._("Please log in first: this portal takes them from its members only.")}
    tk.check_access("package_show", context, {"id": data_dict["id"]})
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_question_create(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may read a record may ask about it, as far as the portal takes questions."""
    return _may_speak(context, data_dict)


@tk.auth_allow_anonymous_access
def governance_story_create(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may read a record may tell what came of it, as far as the portal takes stories."""
    return _may_speak(context, data_dict)


def _may_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    if data_dict.get("to_do"):
        return {"success": bool(context.get("user"))}
    if data_dict.get("id"):
        tk.check_access("package_show", context, {"id": data_dict["id"]})
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_question_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may read a record may read the questions about it; everybody those about public records."""
    return _may_list(context, data_dict)


@tk.auth_allow_anonymous_access
def governance_story_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may read a record may read the stories about it; everybody those about public records."""
    return _may_list(context, data_dict)


def may_settle(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may edit the record, and the editors of the organisation that is to answer, may settle a question."""
    return {"success": permissions.may_settle(context, permissions.question(data_dict["id"]))}


def governance_story_moderate(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may edit the record decides which stories are shown with it."""
    return {"success": may_change(context, permissions.story(data_dict["id"]).package_id)}
