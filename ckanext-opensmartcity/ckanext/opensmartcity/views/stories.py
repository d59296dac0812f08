"""For residents: stories of use and harm, of one record and of the whole city."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response

from . import voices
from .accepting import prefers_json
from .forging import guard

blueprint = Blueprint("opensmartcity_stories", __name__)
guard(blueprint)

_RECORD = "/<any(dataset, algorithm):package_type>/<id>/stories"
_ASKED = ("q", "kind", "cursor", "limit")


@blueprint.route(_RECORD)
def page(package_type: str, id: str) -> Any:
    """Show the stories of a record; as JSON where the Accept header prefers it."""
    if prefers_json():
        return listing(package_type, id)
    found = voices.record(id)
    if isinstance(found, Response):
        return found
    if (package_type, id) != (found["type"], found["name"]):
        return tk.redirect_to("opensmartcity_stories.page", package_type=found["type"], id=found["name"])
    return _show(found)


@blueprint.route(f"{_RECORD}.json")
def listing(package_type: str, id: str) -> Any:
    """Give the same as JSON."""
    return voices.as_json(voices.listed("governance_story_list", id=id, **voices.wanted(*_ASKED)))


@blueprint.route(_RECORD, methods=["POST"])
def tell(package_type: str, id: str) -> Any:
    """Take a story from anybody whom the portal lets tell one."""
    sent, found = voices.typed("kind", "title", "text", "link"), voices.record(id)
    if isinstance(found, Response):
        return found
    try:
        code = None if voices.is_trapped() else voices.act("governance_story_create", id=id, **sent)["code"]
    except tk.ValidationError as error:
        return _show(found, {"sent": sent, "errors": error.error_dict}, error)
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    voices.thank(tk._("Thank you. Your story has arrived. It is shown here once the city has read it."), code)
    return tk.redirect_to("opensmartcity_stories.page", package_type=found["type"], id=found["name"])


@blueprint.route(f"{_RECORD}/<story>", methods=["POST"])
def decide(package_type: str, id: str, story: str) -> Any:
    """Let a steward show or hide a story."""
    found = voices.record(id)
    if isinstance(found, Response):
        return found
    sent = {name: value for name, value in voices.typed("decision", "reason").items() if value}
    try:
        voices.act("governance_story_moderate", id=story, **sent)
    except tk.ValidationError as error:
        return _show(found, {"settling": {"id": story, "sent": sent, "errors": error.error_dict}}, error)
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))
    except tk.NotAuthorized:
        return tk.abort(403, tk._("You are not authorised to change this."))
    tk.h.flash_success(tk._("Saved."))
    return tk.redirect_to("opensmartcity_stories.page", package_type=found["type"], id=found["name"])


def _show(found: dict[str, Any], more: dict[str, Any] | None = None, error: tk.ValidationError | None = None) -> Any:
    listed = voices.listed("governance_story_list", id=found["id"], **voices.wanted(*_ASKED))
    if isinstance(listed, Response):
        return listed
    values = {"pkg_dict": found, "listed": listed, "sent": {}, "errors": {}, "settling": {}} | (more or {})
    return voices.page("opensmartcity/stories.html", values, error)


@blueprint.route("/transparency/stories")
def portal() -> Any:
    """Show the stories of the city and let search in them; as JSON where the Accept header prefers it."""
    if prefers_json():
        return portal_listing()
    listed, asked = _of_portal(), voices.wanted(*_ASKED)
    if isinstance(listed, Response):
        return listed
    return voices.page("opensmartcity/portal_stories.html", {"listed": listed, "asked": asked})


@blueprint.route("/transparency/stories.json")
def portal_listing() -> Any:
    """Give the same as JSON."""
    return voices.as_json(_of_portal())


def _of_portal() -> Any:
    return voices.listed("governance_story_list", **voices.wanted(*_ASKED))
