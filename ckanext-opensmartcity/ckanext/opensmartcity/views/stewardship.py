"""For stewards: the questions and stories that wait for them."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response

from . import voices

blueprint = Blueprint("opensmartcity_stewardship", __name__)


@blueprint.route("/stewardship/questions")
def questions() -> Any:
    """Show what waits, the oldest first."""
    if not tk.current_user.is_authenticated:
        return tk.redirect_to("user.login", came_from=tk.request.path)
    asked = voices.listed("governance_question_list", to_do=True, limit=100, **voices.wanted("cursor"))
    if isinstance(asked, Response):
        return asked
    told = voices.listed("governance_story_list", to_do=True, limit=100)
    return voices.page("opensmartcity/to_do.html", {"asked": asked, "told": told})
