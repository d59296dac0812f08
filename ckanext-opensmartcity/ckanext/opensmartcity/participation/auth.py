"""Authorization functions of participation: who may read a record may read and write questions and stories about it."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context

from .. import config
from ..governance.auth import may_change
from . import permissions


@tk.auth_allow_anonymous_access
def may_contribute(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow users who may read the record, if the portal accepts questions and stories from them."""
    access = config.questions()
    if access == "off":
        return {"success": False, "msg": tk._("This portal takes no questions and no stories.")}
    if access == "members" and not context.get("user"):
        return {"success": False, "msg": tk._("Please log in first: this portal takes them from its members only.")}
    tk.check_access("package_show", context, {"id": data_dict["id"]})
    return {"success": True}


@tk.auth_allow_anonymous_access
def may_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow users who may read the record; without `id` everybody; with `to_do` users who are logged in."""
    if data_dict.get("to_do"):
        return {"success": bool(context.get("user"))}
    if data_dict.get("id"):
        tk.check_access("package_show", context, {"id": data_dict["id"]})
    return {"success": True}


def may_settle(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Authorize editors of the record, and editors of the organisation that is to answer, to moderate a question."""
    return {"success": permissions.may_settle(context, permissions.get_question(data_dict["id"]))}


def governance_story_moderate(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Authorize editors of the record to moderate its stories."""
    return {"success": may_change(context, permissions.get_story(data_dict["id"]).package_id)}
