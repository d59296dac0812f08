"""Stories of use and harm: told by anybody, read by a steward first, shown to all."""

from __future__ import annotations

import uuid
from datetime import datetime, timezone
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ...model import askers, stories
from ...model.questions import LAST
from ...model.stories import Story
from .. import schema
from ..history import labels
from ..history.reading import may_change
from ..voices import dictize, limits, marks, sight, telling
from .questions import who

_SEEN = ("waiting", "shown")


@tk.validate_action_data(schema.governance_story_create)
def governance_story_create(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Tell what came of a dataset or algorithm: something that it was good for, or harm that it did.

    A steward reads it before it is shown. What you write is text. Nobody is shown who told it.

    :param id: id or name of the dataset or algorithm
    :type id: string
    :param kind: `use` or `harm`
    :type kind: string
    :param title: what happened in one line, 5 to 150 characters
    :type title: string
    :param text: the story, 5 to 4,000 characters
    :type text: string
    :param link: a web address where more can be read (http or https)
    :type link: string

    :returns: `id`, `state` (`waiting`) and `code`: with it you can have the story exported or deleted
    :rtype: dictionary
    """
    limits.take_visitor(context)
    tk.check_access("governance_story_create", context, {"id": data_dict["id"]})
    record = sight.record(data_dict["id"])
    limits.take_record(record.id)
    story_id, code = str(uuid.uuid4()), marks.new_code()
    told = {name: data_dict.get(name) for name in ("kind", "title", "text", "link")}
    now = datetime.now(timezone.utc)
    stories.add(model.Session(), {"id": story_id, "package_id": record.id, "state": "waiting", "told_at": now, **told})
    askers.add(model.Session(), {"story_id": story_id, **who(context, {}, code)})
    model.repo.commit()
    telling.ask_to_tell_stewards(record.owner_org)
    return {"id": story_id, "state": "waiting", "code": code}


@tk.side_effect_free
@tk.validate_action_data(schema.governance_story_list)
def governance_story_list(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return stories, newest first: of one record, of the portal, or what waits for you.

    :param id: id or name of a dataset or algorithm; who may edit it also sees what waits
    :type id: string
    :param q: words that are in the story; "…" for a phrase, - before a word that is not to be there
    :type q: string
    :param kind: `use` or `harm`
    :type kind: string
    :param to_do: what waits for you to decide, the oldest first, instead of all that
    :type to_do: boolean
    :param limit: the most stories to return, 1 to 100, 20 by default
    :type limit: int
    :param cursor: the `next_cursor` of the page before
    :type cursor: string

    :returns: `stories` and `next_cursor`
    :rtype: dictionary
    """
    tk.check_access("governance_story_list", context, data_dict)
    session, limit = model.Session(), data_dict["limit"]
    if data_dict.get("to_do"):
        return _page(stories.to_do(session, sight.own_organizations(context), limit), limit)
    wanted = {"q": data_dict.get("q"), "kind": data_dict.get("kind")}
    wanted |= {"before": data_dict.get("cursor", LAST), "limit": limit + 1}
    if "id" in data_dict:
        record = sight.record(data_dict["id"])
        inner = bool(context.get("user") or context.get("ignore_auth")) and may_change(context, record.id)
        return _page(stories.of_record(session, record.id, inner, wanted), limit) | {"may_decide": inner}
    return _page(stories.of_portal(session, labels.user_labels(None), wanted), limit)


def _page(found: list[Story], limit: int) -> dict[str, Any]:
    return dictize.page("stories", dictize.story, found, limit)


@tk.validate_action_data(schema.governance_story_moderate)
def governance_story_moderate(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Decide whether a story is shown, also once more.

    :param id: id of the story
    :type id: string
    :param decision: `show` or `hide`
    :type decision: string
    :param reason: with `hide`: `spam`, `insult`, `personal_data`, `off_topic` or `repeated`
    :type reason: string

    :returns: the story
    :rtype: dictionary
    """
    found = sight.story(data_dict["id"])
    tk.check_access("governance_story_moderate", context, {"id": found.id})
    reason = data_dict.get("reason")
    if data_dict["decision"] == "hide" and not reason:
        raise tk.ValidationError({"reason": [tk._("Please choose a reason.")]})
    state, states = ("shown", ("waiting", "hidden")) if data_dict["decision"] == "show" else ("hidden", _SEEN)
    values = {"state": state, "decided_at": datetime.now(timezone.utc)}
    values["hidden_reason"] = reason if state == "hidden" else None
    if not stories.change(model.Session(), found.id, states, values):
        model.Session.rollback()
        raise tk.ValidationError({"id": [tk._("Somebody has decided so already.")]})
    model.repo.commit()
    return dictize.story(sight.story(found.id))
