"""What changed: the history of one dataset, and the changes of the whole portal."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ...feature import action
from ...governance import governance
from ...governance.model.tables import MAX_BIGINT
from .. import access, auth, schema
from ..access import History
from ..dictize import dictize_events, words_for
from ..model import event_queries, events
from ..model.event_queries import Row


@tk.side_effect_free
@action(auth.governance_history, schema.governance_history)
def governance_history(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return what changed about a dataset, newest first: also of one that was deleted or purged.

    :param id: id or name of the dataset
    :type id: string
    :param limit: the most events to return, 1 to 100, 20 by default
    :type limit: int
    :param cursor: the `next_cursor` of the page before
    :type cursor: string
    :param lang: language of the words, English by default
    :type lang: string

    :returns: `dataset`, `events` and `next_cursor`. Of an event that the user may not see, `hidden` is true and only
        its `leaf_hash` is given. `event` is exactly what was hashed; its canonical JSON is the leaf.
    :rtype: dictionary
    """
    tk.check_access("governance_history", context, data_dict)
    history = access.find(context, data_dict["id"])
    rows, cursor = _cut(
        access.page(history, data_dict.get("cursor", MAX_BIGINT), data_dict["limit"] + 1), data_dict["limit"]
    )
    users = events.names_of(model.Session(), [row.seq for row in rows]) if _names(context, history, rows) else {}
    words = words_for(rows, governance.reader(data_dict.get("lang")), users)
    return {
        "dataset": _described(history),
        "events": dictize_events(rows, [row.public or history.inner for row in rows], words),
        "next_cursor": cursor,
    }


@tk.side_effect_free
@action(auth.governance_changes, schema.governance_changes)
def governance_changes(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return what changed on the whole portal, as far as the user may see it.

    Without `since` the newest events, newest first. With it all events after, oldest first: who asks again and again
    with the `next_since` of the last answer meets every event once.

    :param since: the id of an event, or a time in ISO 8601, UTC where it names no zone
    :type since: string
    :param limit: the most events to return, 1 to 1000, 100 by default
    :type limit: int
    :param cursor: without `since`: the `next_cursor` of the page before
    :type cursor: string
    :param lang: language of the words, English by default
    :type lang: string

    :returns: `events` as in `governance_history`, each with the `name` and `title` of its subject; `next_cursor`,
        or with `since` `next_since`
    :rtype: dictionary
    """
    tk.check_access("governance_changes", context, data_dict)
    session, seer, limit = model.Session(), access.viewer(context), data_dict["limit"]
    since = data_dict.get("since")
    if since is None:
        rows, cursor = _cut(event_queries.newest(session, seer, data_dict.get("cursor", MAX_BIGINT), limit + 1), limit)
        following = {"next_cursor": cursor}
    else:
        rows = event_queries.following(session, seer, _after(since), limit)
        following = {"next_since": rows[-1].event_id if rows else since}
    words = words_for(rows, governance.reader(data_dict.get("lang")), {})
    return {"events": dictize_events(rows, [True] * len(rows), words), **following}


@tk.side_effect_free
@action(auth.governance_event_show, schema.governance_event_show)
def governance_event_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return one event, if the user may see it.

    :param id: the id of the event
    :type id: string
    :param lang: language of the words, English by default
    :type lang: string

    :returns: the event as in `governance_changes`
    :rtype: dictionary
    """
    tk.check_access("governance_event_show", context, data_dict)
    found = event_queries.one(model.Session(), access.viewer(context), data_dict["id"])
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no event with this id that you can see."))
    words = words_for([found], governance.reader(data_dict.get("lang")), {})
    return dictize_events([found], [True], words)[0]


def _cut(rows: Sequence[Row], limit: int) -> tuple[Sequence[Row], str | None]:
    return rows[:limit], str(rows[limit - 1].seq) if len(rows) > limit else None


def _names(context: Context, history: History, rows: Sequence[Row]) -> bool:
    return bool(rows) and history.inner and access.may_see_names(context, history)


def _described(history: History) -> dict[str, Any]:
    stored, state = history.stored, history.state
    known = stored or state
    gone_at = state.gone_at if state and not stored else None
    return {
        "id": history.subject_id,
        "name": known and known.name,
        "title": known and known.title,
        "type": stored.type if stored else state and state.subject_type,
        "state": stored.state if stored else "purged",
        "private": stored.private if stored else None,
        "gone_at": gone_at and gone_at.astimezone(timezone.utc).isoformat(),
        "gone_why": state.gone_why if state and not stored else None,
    }


def _after(since: str) -> int:
    if _is_uuid(since):
        found = event_queries.seq_of(model.Session(), since)
        if found is None:
            raise tk.ValidationError({"since": [tk._("There is no event with this id.")]})
        return found
    return event_queries.seq_before(model.Session(), _moment(since))


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00").replace("z", "+00:00"))
        return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    except ValueError:
        raise tk.ValidationError({"since": [tk._("Give the id of an event, or a time such as 2026-05-03.")]}) from None
