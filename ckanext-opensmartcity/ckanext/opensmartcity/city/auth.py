"""Authorization function of the city page."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context


@tk.auth_allow_anonymous_access
def governance_city_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow users who may search; the indicators count public records only."""
    tk.check_access("package_search", context, data_dict)
    return {"success": True}
