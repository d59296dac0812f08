"""Who may do what: reading governance is reading the dataset."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context


@tk.auth_allow_anonymous_access
def governance_links_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may read a dataset may know whether its links lead somewhere."""
    tk.check_access("package_show", context, {"id": data_dict.get("id")})
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_links_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may search may read of links, which are those of public datasets only."""
    tk.check_access("package_search", context, data_dict)
    return {"success": True}


def governance_links_check(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Nobody but sysadmins lets the portal ask other hosts."""
    return {"success": False}
