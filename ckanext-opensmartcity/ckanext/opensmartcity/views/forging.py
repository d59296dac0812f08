"""Forms of our own refuse what other pages send in somebody's name."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.lib.api_token import get_user_from_token
from flask import Blueprint, current_app


def guard(blueprint: Blueprint) -> None:
    """Let every form of these pages ask for its token.

    CKAN asks for it too, but only until the first program with an API token has called the same view: from then on it
    exempts that view for everybody. No other page can make a browser send an API token; that there is a header of that
    name says nothing, as a browser sends one by itself where a server before the portal asks for a password.
    """
    blueprint.before_request(_refuse_forgeries)


def _refuse_forgeries() -> None:
    if tk.request.method == "POST" and current_app.config["WTF_CSRF_ENABLED"] and not _is_by_token():
        current_app.extensions["csrf"].protect()


def _is_by_token() -> bool:
    """Tell whether an API token says who asks.

    CKAN's own mark of that also stands where nobody is known, and stays where another plugin then logs somebody in.
    """
    token = tk.request.headers.get(tk.config["apitoken_header_name"], "")
    user = get_user_from_token(token, update_access_time=False) if token else None
    return user is not None and user.name == tk.current_user.name
