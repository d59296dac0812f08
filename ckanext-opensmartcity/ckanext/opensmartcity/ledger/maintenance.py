"""Maintenance of the ledger: baseline events, refreshed permission labels, and erasure of a user from the audit trail.

Erasure ("forget user") removes the rows that link events with a person. Events hold a salted commitment only, so
they and all proofs stay valid.
"""

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
    """Return how many governed datasets have no history yet."""
    return packages.count_without_state(model.Session(), _types())


def begin_missing() -> Iterator[int]:
    """Append a baseline event for datasets without a history, in one transaction per batch; yield the batch sizes.

    Datasets that are being edited at the moment are skipped: the edit itself begins their history.
    """
    last = ""
    while ids := packages.ids_without_state(model.Session(), _types(), last, BATCH):
        session = model.Session()
        locked = subject_state.lock_free(session, ids)
        # Read under the lock: an edit may have begun and ended since the list was made.
        known = {state.subject_id for state in subject_state.lock_some(session, locked)}
        for stored in packages.datasets(session, [dataset for dataset in locked if dataset not in known]):
            recorder.begin(session, stored)
        _commit()
        last = ids[-1]
        yield len(ids)


def relabel_all() -> int:
    """Refresh permission labels and last days of keeping of all subjects; return how many changed.

    They change with the permission plugin and with the standard.
    """
    last, changed = "", 0
    while ids := packages.ids_with_state(model.Session(), last, BATCH):
        session = model.Session()
        known = {state.subject_id: state for state in subject_state.lock_some(session, ids)}
        for stored in packages.datasets(session, list(known)):
            state = known[stored.id]
            changed += recorder.relabel(session, state, recorder.describe(stored, state))
        _commit()
        last = ids[-1]
    return changed


def _commit() -> None:
    model.Session.commit()
    # Free the memory of the batch.
    model.Session.remove()


def _types() -> list[str]:
    return list(config.standard().types)


def forget_user(name: str) -> int:
    """Erase the link between a user, by name or id, and their events; return how many events were linked.

    Raise ObjectNotFound if there is neither such a user nor such an event.
    """
    user = model.User.get(name)
    user_id = user.id if user else name
    removed = events.forget(model.Session(), user_id)
    if user is None and not removed:
        model.Session.rollback()
        raise tk.ObjectNotFound(f"There is no user “{name}”.")
    model.Session.commit()
    return removed
