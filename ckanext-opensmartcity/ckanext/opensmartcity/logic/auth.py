"""Who may do what: reading governance is reading the dataset."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthFunction, AuthResult, Context


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


def get_auth_functions() -> dict[str, AuthFunction]:
    """Return the permission of each action by its name."""
    return {
        "governance_standard_show": governance_standard_show,
        "governance_show": governance_show,
        "governance_check": governance_check,
    }
