"""Who may do what: reading governance is reading the dataset."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz
from ckan.types import AuthResult, Context


@tk.auth_allow_anonymous_access
def governance_standard_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody may read the standard."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may read a dataset may read its governance."""
    tk.check_access("package_show", context, data_dict)
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_check(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody may check a record of their own; a change of a stored one, whoever may make that change."""
    if isinstance(data_dict.get("patch_of"), str) and data_dict["patch_of"]:
        tk.check_access("package_update", context, {"id": data_dict["patch_of"]})
    return {"success": True}


def governance_defaults_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may create datasets in an organisation may read what it usually answers."""
    may = authz.has_user_permission_for_group_or_org(data_dict.get("id"), context.get("user"), "create_dataset")
    return {"success": may}


def governance_defaults_update(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may edit an organisation may say what it usually answers."""
    tk.check_access("organization_update", context, {"id": data_dict.get("id")})
    return {"success": True}


def may_change(context: Context, dataset_id: str) -> bool:
    """Tell whether the user of a context may change a dataset."""
    try:
        tk.check_access("package_update", tk.fresh_context(context), {"id": dataset_id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return False
    return True
