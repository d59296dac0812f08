"""What a reader's program asks for by its Accept header."""

from __future__ import annotations

import ckan.plugins.toolkit as tk


def prefers_json() -> bool:
    """Tell whether JSON is preferred to a page."""
    accepted = tk.request.accept_mimetypes
    best = accepted.best_match(["text/html", "application/json"], default="text/html")
    return bool(best == "application/json" and accepted[best] > accepted["text/html"])
