"""Access control of histories: find the history of a dataset and decide how much of it a user may see.

Permissions are CKAN's permission labels, as stored with the subject when the event was recorded, so that they also
hold for datasets that were deleted or purged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context

from .. import config
from ..governance import permission_labels
from ..governance.auth import may_change
from ..governance.model import packages
from ..governance.model.packages import Stored
from .model import event_queries, subject_state
from .model.event_queries import Viewer
from .model.subject_state import State

_KEY = "opensmartcity_history"


@dataclass(frozen=True)
class History:
    """History of one dataset and what the user may see of it: anything (`visible`), also private events (`inner`).

    `stored` is None for a purged dataset, `state` is None while nothing has been recorded.
    """

    subject_id: str
    stored: Stored | None
    state: State | None
    visible: bool
    inner: bool


def viewer(context: Context) -> Viewer:
    """Return the permissions of the context's user on all histories."""
    user = _user(context)
    everything = bool(context.get("ignore_auth") or (user and user.sysadmin))
    return Viewer(
        [] if everything else permission_labels.user_labels(user), everything, config.private_history() == "shown"
    )


def find(context: Context, id_or_name: str) -> History:
    """Return the history of a dataset by id or name, cached in the context.

    Raise ObjectNotFound if there never was a governed dataset with this id or name.
    """
    cached = context.get(_KEY)
    if isinstance(cached, dict) and id_or_name in cached:
        return cast(History, cached[id_or_name])
    session = model.Session()
    stored = packages.find(session, id_or_name)
    state = subject_state.find(session, stored.id if stored else id_or_name)
    if state is not None and state.subject_type in subject_state.NO_DATASETS:
        state = None
    if state is None and (stored is None or stored.type not in config.standard().types):
        raise tk.ObjectNotFound(tk._("There is no history of this dataset."))
    visible, inner = _visibility(viewer(context), stored, state)
    subject_id = stored.id if stored else state.subject_id  # type: ignore[union-attr]
    history = History(subject_id, stored, state, visible, inner)
    context[_KEY] = {id_or_name: history}
    return history


def _visibility(user: Viewer, stored: Stored | None, state: State | None) -> tuple[bool, bool]:
    """Return whether the user may see public events, and also private ones."""
    if stored is not None:
        outer = permission_labels.history_labels(stored, state.labels if state else None)
        inner = permission_labels.inner_labels(stored)
    else:
        outer, inner = (list(state.labels), list(state.inner_labels)) if state else ([], [])
    visible = user.all or not set(outer).isdisjoint(user.labels)
    return visible, visible and (user.all or user.shown or not set(inner).isdisjoint(user.labels))


def may_see(context: Context, history: History, row: event_queries.Row) -> bool:
    """Return whether the user may see an event of a history that they may see."""
    if row.withheld and not viewer(context).all:
        return False
    return row.public or history.inner


def may_see_names(context: Context, history: History) -> bool:
    """Return whether the user may see who acted: editors of the dataset and sysadmins may."""
    user = _user(context)
    if user is None or history.stored is None:
        return bool(user and user.sysadmin)
    return bool(user.sysadmin) or may_change(context, history.stored.id)


def _user(context: Context) -> Any:
    # CKAN's API sets an AnonymousUser for visitors.
    user = context.get("auth_user_obj")
    if user is not None and user.is_anonymous:
        return None
    return user or (model.User.get(context["user"]) if context.get("user") else None)


def page(history: History, before: int, limit: int) -> list[event_queries.Row]:
    """Return the `limit` newest events of a history with a sequence number below `before` (keyset pagination)."""
    session, owners = model.Session(), history.state.owners if history.state else []
    periods = event_queries.ownerships(session, history.subject_id, owners, history.inner)
    return event_queries.history(session, history.subject_id, periods, before, limit)


@tk.auth_allow_anonymous_access
def may_read_history(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow readers of the dataset; of a deleted or purged one, those who could read it before."""
    return {"success": find(context, data_dict["id"]).visible}
