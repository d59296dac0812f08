"""Authorization functions of participation: who may read a record may read and write questions and stories about it."""

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
    """Authorize users who may read the record, if the portal accepts questions."""
    return _may_speak(context, data_dict)


@tk.auth_allow_anonymous_access
def governance_story_create(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Authorize users who may read the record, if the portal accepts stories."""
    return _may_speak(context, data_dict)


def _may_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    if data_dict.get("to_do"):
        return {"success": bool(context.get("user"))}
    if data_dict.get("id"):
        tk.check_access("package_show", context, {"id": data_dict["id"]})
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_question_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Authorize users who may read the record; without `id` everybody, for questions about public records."""
    return _may_list(context, data_dict)


@tk.auth_allow_anonymous_access
def governance_story_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Authorize users who may read the record; without `id` everybody, for stories about public records."""
    return _may_list(context, data_dict)


def may_settle(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Authorize editors of the record, and editors of the organisation that is to answer, to moderate a question."""
    return {"success": permissions.may_settle(context, permissions.get_question(data_dict["id"]))}


def governance_story_moderate(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Authorize editors of the record to moderate its stories."""
    return {"success": may_change(context, permissions.get_story(data_dict["id"]).package_id)}
