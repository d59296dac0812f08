"""Beginning the history of datasets that were there before the ledger, and keeping up with who may see the others."""
# MERGED Forgetting who acted, for a person who asks: the events stay, and so does every proof.

from __future__ import annotations

from collections.abc import Iterator

import ckan.plugins.toolkit as tk
from ckan import model

from .. import config
from ..governance.model import packages
from . import recorder
from .model import events, subject_state

BATCH = 100


def count_missing() -> int:
    """Return how many datasets have no history yet."""
    return packages.count_without_state(model.Session(), _types())


def begin_missing() -> Iterator[int]:
    """Begin the histories that are missing, a batch in each transaction; yield how many datasets were looked at.

    What somebody is editing meanwhile is left out: that edit begins the history itself.
    """
    last = ""
    while ids := packages.ids_without_state(model.Session(), _types(), last, BATCH):
        _begin(ids)
        last = ids[-1]
        yield len(ids)


def _begin(ids: list[str]) -> None:
    session = model.Session()
    free = subject_state.lock_free(session, ids)
    # Read only now, under the lock: an edit may have begun and ended since the list was made.
    known = {state.subject_id for state in subject_state.lock_some(session, free)}
    for stored in packages.datasets(session, [dataset for dataset in free if dataset not in known]):
        recorder.begin(session, stored)
    _commit()


def relabel_all() -> int:
    """Look anew who may see each dataset, as after a change of a permission plugin; return how many changed."""
    last, changed = "", 0
    while ids := packages.ids_with_state(model.Session(), last, BATCH):
        changed += _relabel(ids)
        last = ids[-1]
    return changed


def _relabel(ids: list[str]) -> int:
    session = model.Session()
    known = {state.subject_id: state for state in subject_state.lock_some(session, ids)}
    changed = sum(
        recorder.relabel(session, known[stored.id], recorder.describe(stored, known[stored.id]))
        for stored in packages.datasets(session, list(known))
    )
    _commit()
    return changed


def _commit() -> None:
    model.Session.commit()
    # Nothing of a batch stays in memory.
    model.Session.remove()


def _types() -> list[str]:
    return list(config.standard().records)


def forget_user(name: str) -> int:
    """Remove what connects events with a user, by name or id; return how many events that were."""
    user = model.User.get(name)
    user_id = user.id if user else name
    removed = events.forget(model.Session(), user_id)
    if user is None and not removed:
        model.Session.rollback()
        raise tk.ObjectNotFound(f"There is no user “{name}”.")
    model.Session.commit()
    return removed
