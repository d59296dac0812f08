"""Which history somebody asks for, and what of it they may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

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
    """The history of one dataset, which may be gone or not have begun, and what the user may see of it."""

    subject_id: str
    stored: Stored | None
    state: State | None
    visible: bool
    inner: bool


def viewer(context: Context) -> Viewer:
    """Return what the user of a context may see of all histories."""
    user = _user(context)
    everything = bool(context.get("ignore_auth") or (user and user.sysadmin))
    return Viewer(
        [] if everything else permission_labels.user_labels(user), everything, config.private_history() == "shown"
    )


def find(context: Context, id_or_name: str) -> History:
    """Return the history of a dataset by id or name; ObjectNotFound where there never was one that is governed."""
    kept = context.get(_KEY)
    if isinstance(kept, dict) and id_or_name in kept:
        found: History = kept[id_or_name]
        return found
    history = _find(context, id_or_name)
    context[_KEY] = {id_or_name: history}
    return history


def _find(context: Context, id_or_name: str) -> History:
    session = model.Session()
    stored = packages.find(session, id_or_name)
    state = subject_state.find(session, stored.id if stored else id_or_name)
    if state is not None and state.subject_type == "organization":
        state = None
    if state is None and (stored is None or stored.type not in config.standard().records):
        raise tk.ObjectNotFound(tk._("There is no history of this dataset."))
    visible, inner = _sight(context, stored, state)
    return History(stored.id if stored else state.subject_id, stored, state, visible, inner)  # type: ignore[union-attr]


def _sight(context: Context, stored: Stored | None, state: State | None) -> tuple[bool, bool]:
    seer = viewer(context)
    if stored is not None:
        outer, inner = (
            permission_labels.history_labels(stored, state.labels if state else None),
            permission_labels.inner_labels(stored),
        )
    else:
        outer, inner = (state.labels, state.inner_labels) if state else ([], [])
    visible = seer.all or _overlap(outer, seer)
    return visible, visible and (seer.all or seer.shown or _overlap(inner, seer))


def _overlap(wanted: Any, seer: Viewer) -> bool:
    return not set(wanted).isdisjoint(seer.labels)


def may_see_names(context: Context, history: History) -> bool:
    """Tell whether the user may learn who acted: whoever may change the dataset, and sysadmins."""
    user = _user(context)
    if user is None or history.stored is None:
        return bool(user and user.sysadmin)
    return bool(user.sysadmin) or may_change(context, history.stored.id)


def _user(context: Context) -> Any:
    # CKAN's API puts somebody there who is nobody.
    user = context.get("auth_user_obj")
    if user is not None and user.is_anonymous:
        return None
    return user or (model.User.get(context["user"]) if context.get("user") else None)


def page(history: History, before: int, limit: int) -> list[event_queries.Row]:
    """Return the newest events of a history before one."""
    session, owners = model.Session(), history.state.owners if history.state else []
    periods = event_queries.ownerships(session, history.subject_id, owners, history.inner)
    return event_queries.history(session, history.subject_id, periods, before, limit)
