"""What a reader's program asks for by its Accept header."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

HTML = "text/html"
JSON = "application/json"


def prefers_json() -> bool:
    """Tell whether JSON is preferred to a page."""
    return preferred(JSON) == JSON


def preferred(*others: str) -> str:
    """Return which of these kinds is preferred to a page, else that of a page."""
    accepted = tk.request.accept_mimetypes
    best = accepted.best_match([HTML, *others], default=HTML)
    return best if accepted[best] > accepted[HTML] else HTML
