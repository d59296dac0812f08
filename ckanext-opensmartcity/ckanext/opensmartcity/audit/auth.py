"""Who may do what: reading governance is reading the dataset."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context


@tk.auth_allow_anonymous_access
def governance_stats(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may search may count: only the records that the search would show them are in the numbers."""
    tk.check_access("package_search", context, data_dict)
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_audit(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may search may audit: only the records that the search would show them are listed and counted."""
    tk.check_access("package_search", context, data_dict)
    return {"success": True}
