"""For residents: stories of use and harm, of one record and of the whole city."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from . import voices
from .words import Words

_ASKED = ("q", "kind", "cursor", "limit")

_words = Words("stories", "story", "governance_story_list", asked=_ASKED, asked_of_portal=_ASKED)
blueprint = _words.blueprint


@blueprint.route(_words.address, methods=["POST"])
def tell(package_type: str, id: str) -> Any:
    """Take a story from anybody whom the portal lets tell one."""
    sent = voices.typed("kind", "title", "text", "link")
    return _words.take(id, sent, lambda: voices.act("governance_story_create", id=id, **sent), _thanks)


def _thanks() -> str:
    return str(tk._("Thank you. Your story has arrived. It is shown here once the city has read it."))


@blueprint.route(f"{_words.address}/<story>", methods=["POST"])
def decide(package_type: str, id: str, story: str) -> Any:
    """Let a steward show or hide a story."""
    return _words.settle(id, story, "governance_story_moderate", voices.filled("decision", "reason"))
