"""What the routes of one record share: they ask for it, and tell who may not see it, or that it is gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk

from ... import feature
from ...views.http import refuse


def asked(id: str, ask: Callable[[], dict[str, Any]]) -> Any:
    """Return what `ask` gives, or the answer to somebody who cannot have it."""
    try:
        return ask()
    except (tk.ObjectNotFound, tk.ValidationError):
        return feature.removed_record(id) or tk.abort(
            404, tk._("Dataset not found or you have no permission to view it")
        )
    except tk.NotAuthorized:
        return refuse(id)
