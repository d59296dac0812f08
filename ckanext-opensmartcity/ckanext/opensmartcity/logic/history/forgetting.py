"""Forgetting who acted, for a person who asks: the events stay, and so does every proof."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model

from ...model import actors


def forget_user(name: str) -> int:
    """Remove what connects events with a user, by name or id; return how many events that were."""
    user = model.User.get(name)
    user_id = user.id if user else name
    removed = actors.forget(model.Session(), user_id)
    if user is None and not removed:
        model.Session.rollback()
        raise tk.ObjectNotFound(f"There is no user “{name}”.")
    model.Session.commit()
    return removed
