"""Who may do what: reading governance is reading the dataset."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context


@tk.auth_allow_anonymous_access
def governance_city_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may search may read the figures of the city, which count public records only."""
    tk.check_access("package_search", context, data_dict)
    return {"success": True}
