"""Disposals: what became of datasets whose last day of keeping has passed, for the city page and its list.

The state of each subject in the ledger holds its last day of keeping and, once it was deleted or purged, the day of
that. Both stay when a purge withholds the answers, so that a dataset that was removed in time stays in the count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, TypedDict

import ckan.plugins.toolkit as tk
from ckan import model

from .. import config
from ..contributions import Share
from ..governance import model as governance_model
from ..governance import permission_labels
from ..governance.types import Day
from ..standard import read_record
from ..standard.roles import FieldRole
from .model import disposals
from .model.disposals import OUTCOMES, Selection
from .model.subject_state import State

_ROLES = (
    FieldRole.RETENTION_RULE,
    FieldRole.RETENTION_START,
    FieldRole.RETENTION_PERIOD,
    FieldRole.RETENTION_UNTIL,
)
# Number of characters of an ISO date, with which a cursor begins.
_DATE = 10


class Retention(NamedTuple):
    """Last day of keeping and day of disposal of a subject. Without a last day there is no day of disposal either."""

    due_on: date | None = None
    disposed_on: date | None = None


def due_day(record_type: str, answers: Mapping[str, Any]) -> date | None:
    """Return the last day of keeping that stored answers state, None if they state none."""
    kind = config.standard().records.get(record_type)
    fields = [kind.roles[role].name for role in _ROLES if role in kind.roles] if kind else []
    if not fields:
        return None
    record = {"type": record_type, **{name: answers.get(name) for name in fields}}
    return read_record(config.standard(), record, config.settings()).dates.retention_due


def retention_of_removed(record_type: str, state: State | None) -> Retention:
    """Return the retention of a deleted or purged subject from its former state.

    The last day is the one that stood before the removal: a removal cannot change its own promise. The day of the
    removal is today, or for one that an earlier version recorded, that of its event. Neither is known for a dataset
    that was deleted before its history began.
    """
    if state is None:
        return Retention()
    if state.disposed_on is not None:
        return Retention(state.due_on, state.disposed_on)
    due_on = due_day(record_type, state.answers)
    if due_on is None:
        return Retention()
    if state.answers.get("state") != "deleted":
        return Retention(due_on, config.settings().day)
    deleted_at = disposals.deleted_at(model.Session(), state.subject_id)
    # In the time zone of the server, like the day on which dates are judged.
    return Retention(due_on, deleted_at.astimezone().date()) if deleted_at else Retention()


class DisposalCounts(TypedDict):
    """Number of datasets whose last day of keeping has passed: removed in time, removed late, or still there."""

    in_time: int
    late: int
    overdue: int


class Disposal(TypedDict):
    """Dataset whose last day of keeping has passed. `state` is active, deleted or purged, `outcome` one of OUTCOMES."""

    id: str
    name: str
    title: str
    state: str
    organization: str | None
    organization_title: str | None
    due_on: Day
    disposed_on: Day | None
    outcome: str


class DisposalPage(TypedDict):
    """Page of datasets with some outcomes, and the counts of all outcomes."""

    as_of: Day
    outcomes: list[str]
    counts: DisposalCounts
    datasets: list[Disposal]
    next_cursor: str | None


def page(outcomes: Sequence[str], cursor: str | None, limit: int) -> DisposalPage:
    """Return a page of public datasets with these outcomes, the latest last days first (keyset pagination)."""
    session, labels, today = model.Session(), permission_labels.user_labels(None), config.settings().day
    try:
        due_on = date.fromisoformat(cursor[:_DATE]) if cursor else date.max
    except ValueError as error:
        raise tk.ValidationError({"cursor": [tk._("Give the next_cursor of the page before.")]}) from error
    selection = Selection(outcomes, due_on, cursor[_DATE:] if cursor else "", limit + 1)
    rows = disposals.listed(session, labels, today, selection)
    shown: list[Any] = [
        {
            **row,
            "due_on": row["due_on"].isoformat(),
            "disposed_on": row["disposed_on"].isoformat() if row["disposed_on"] else None,
        }
        for row in rows[:limit]
    ]
    counts: Any = disposals.counts(session, labels, today)
    return {
        "as_of": today.isoformat(),
        "outcomes": list(outcomes),
        "counts": counts,
        "datasets": shown,
        "next_cursor": f"{shown[-1]['due_on']}{shown[-1]['id']}" if len(rows) > limit else None,
    }


def indicators() -> dict[str, Share | None]:
    """Return the share of public datasets that were removed by their last day, None if no last day has passed yet."""
    if not governance_model.ready():
        return {"removed_in_time": None}
    counts = disposals.counts(model.Session(), permission_labels.user_labels(None), config.settings().day)
    total, in_time = sum(counts.values()), OUTCOMES[0]

    def list_url(*outcomes: str) -> str:
        return str(tk.url_for("opensmartcity_ledger.disposals", outcome=",".join(outcomes), qualified=True))

    share = Share(counts[in_time], total, list_url(in_time), list_url(*OUTCOMES[1:])) if total else None
    return {"removed_in_time": share}
