"""One id for all that one user action does."""

from __future__ import annotations

import uuid

from flask import g, has_app_context

_NAME = "opensmartcity_request"


def request_id() -> str:
    """Return the id of this HTTP request, command or job; a new one where there is none of them."""
    if not has_app_context():
        return str(uuid.uuid4())
    if _NAME not in g:
        setattr(g, _NAME, str(uuid.uuid4()))
    return str(getattr(g, _NAME))
