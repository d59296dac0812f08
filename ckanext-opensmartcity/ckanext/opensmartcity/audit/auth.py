"""Authorization functions of the audit actions: users need the right to search; the search filters the records."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context


@tk.auth_allow_anonymous_access
def governance_stats(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow users who may search; only records that the search shows them are counted."""
    tk.check_access("package_search", context, data_dict)
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_audit(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow users who may search; only records that the search shows them are listed."""
    tk.check_access("package_search", context, data_dict)
    return {"success": True}
