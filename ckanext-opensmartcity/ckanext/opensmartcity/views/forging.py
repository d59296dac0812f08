"""Forms of our own refuse what other pages send in somebody's name."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from flask import Blueprint, current_app


def guard(blueprint: Blueprint) -> None:
    """Let every form of these pages ask for its token.

    CKAN asks for it too, but only until the first program with an API token has called the same view: from then on it
    exempts that view for everybody. No other page can make a browser send the header of an API token.
    """
    blueprint.before_request(_refuse_forgeries)


def _refuse_forgeries() -> None:
    by_program = tk.config["apitoken_header_name"] in tk.request.headers
    if tk.request.method == "POST" and current_app.config["WTF_CSRF_ENABLED"] and not by_program:
        current_app.extensions["csrf"].protect()
