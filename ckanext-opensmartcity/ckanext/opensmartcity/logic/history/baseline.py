"""Beginning the history of datasets that were there before the ledger, and keeping up with who may see the others."""

from __future__ import annotations

from collections.abc import Iterator

from ckan import model

from ... import config
from ...model import records, states
from . import recording

BATCH = 100


def count_missing() -> int:
    """Return how many datasets have no history yet."""
    return records.count_unseen(model.Session(), _types())


def begin_missing() -> Iterator[int]:
    """Begin the histories that are missing, a batch in each transaction; yield how many datasets were looked at.

    What somebody is editing meanwhile is left out: that edit begins the history itself.
    """
    last = ""
    while ids := records.unseen(model.Session(), _types(), last, BATCH):
        _begin(ids)
        last = ids[-1]
        yield len(ids)


def _begin(ids: list[str]) -> None:
    session = model.Session()
    free = states.lock_free(session, ids)
    # Read only now, under the lock: an edit may have begun and ended since the list was made.
    known = {state.subject_id for state in states.lock_some(session, free)}
    for stored in records.datasets(session, [dataset for dataset in free if dataset not in known]):
        recording.begin(session, stored)
    _commit()


def relabel_all() -> int:
    """Look anew who may see each dataset, as after a change of a permission plugin; return how many changed."""
    last, changed = "", 0
    while ids := records.seen(model.Session(), last, BATCH):
        changed += _relabel(ids)
        last = ids[-1]
    return changed


def _relabel(ids: list[str]) -> int:
    session = model.Session()
    known = {state.subject_id: state for state in states.lock_some(session, ids)}
    changed = sum(
        recording.relabel(session, known[stored.id], recording.describe(stored, known[stored.id]))
        for stored in records.datasets(session, list(known))
    )
    _commit()
    return changed


def _commit() -> None:
    model.Session.commit()
    # Nothing of a batch stays in memory.
    model.Session.remove()


def _types() -> list[str]:
    return list(config.standard().records)
