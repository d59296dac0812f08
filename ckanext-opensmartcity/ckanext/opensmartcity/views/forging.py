"""Forms of our own refuse what other pages send in somebody's name."""

from __future__ import annotations

from flask import current_app, g


def refuse_forgeries() -> None:
    """Ask for the token of the form.

    CKAN asks for it too, but only until the first program with an API token has called the same view: from then on it
    exempts that view for everybody.
    """
    if current_app.config["WTF_CSRF_ENABLED"] and not g.get("login_via_auth_header"):
        current_app.extensions["csrf"].protect()
