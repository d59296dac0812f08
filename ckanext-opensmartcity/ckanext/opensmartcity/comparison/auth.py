"""Who may do what: reading governance is reading the dataset."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context


@tk.auth_allow_anonymous_access
def governance_compare_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may read the figures of this city may see them beside those of others."""
    tk.check_access("package_search", context, data_dict)
    return {"success": True}


def governance_peers_fetch(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Nobody but sysadmins lets the portal ask other hosts."""
    return {"success": False}
