"""Access to one record in a view: error responses for records that are missing, purged or not readable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk

from ... import feature
from ...views.http import refuse_access


def fetch_or_refuse(id: str, fetch: Callable[[], dict[str, Any]]) -> Any:
    """Return the result of `fetch`, or the response for a record that is purged, missing or not readable."""
    try:
        return fetch()
    except (tk.ObjectNotFound, tk.ValidationError):
        return feature.removed_record(id) or tk.abort(
            404, tk._("Dataset not found or you have no permission to view it")
        )
    except tk.NotAuthorized:
        return refuse_access(id)
