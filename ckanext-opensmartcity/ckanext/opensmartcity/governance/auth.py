"""Authorization functions of the core: the governance of a record follows the permissions of the record."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz
from ckan.types import AuthResult, Context


@tk.auth_allow_anonymous_access
def allow_everybody(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow everybody: the result is public, or the action itself returns only what the user may see."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def may_read_dataset(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow users who may read the dataset `id`."""
    tk.check_access("package_show", context, data_dict)
    return {"success": True}


@tk.auth_allow_anonymous_access
def may_search(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow users who may search: permission labels restrict rows and counts to what they may see."""
    tk.check_access("package_search", context, data_dict)
    return {"success": True}


def sysadmins_only(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Deny all but sysadmins, for whom CKAN asks no authorization function."""
    return {"success": False}


@tk.auth_allow_anonymous_access
def governance_check(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow everybody to check a record that they send; with `patch_of`, require permission to edit the dataset."""
    if isinstance(data_dict.get("patch_of"), str) and data_dict["patch_of"]:
        tk.check_access("package_update", context, {"id": data_dict["patch_of"]})
    return {"success": True}


def governance_defaults_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow users who may create datasets in an organisation to read its default answers."""
    is_allowed = authz.has_user_permission_for_group_or_org(data_dict.get("id"), context.get("user"), "create_dataset")
    return {"success": is_allowed}


def governance_defaults_update(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow users who may edit an organisation to replace its default answers."""
    tk.check_access("organization_update", context, {"id": data_dict.get("id")})
    return {"success": True}


def may_change(context: Context, dataset_id: str) -> bool:
    """Tell whether the user of a context may change a dataset."""
    try:
        tk.check_access("package_update", tk.fresh_context(context), {"id": dataset_id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return False
    return True
