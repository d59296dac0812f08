"""How a page refuses what a reader may not see."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk


def refuse(id: str) -> Any:
    """Answer as CKAN's dataset page does: a private dataset is not even admitted to exist, unless configured."""
    if not tk.config["ckan.auth.reveal_private_datasets"]:
        return tk.abort(404, tk._("Dataset not found or you have no permission to view it"))
    if tk.current_user.is_authenticated:
        return tk.abort(403, tk._("Unauthorized to read package %s") % id)
    return tk.redirect_to("user.login", came_from=tk.request.path)


def refuse_impossible_names() -> Any:
    """Answer 404 to an address with a character that no name has, and that the database cannot be asked for."""
    if any("\0" in str(value) for value in (tk.request.view_args or {}).values()):
        return tk.abort(404, tk._("Dataset not found or you have no permission to view it"))
    return None
