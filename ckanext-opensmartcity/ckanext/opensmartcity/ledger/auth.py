"""Authorization functions of the ledger's actions: a history may be read by those who may read the dataset."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context

from . import access


@tk.auth_allow_anonymous_access
def governance_history(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow readers of the dataset; of a deleted or purged one, those who could read it before."""
    return {"success": access.find(context, data_dict["id"]).visible}
