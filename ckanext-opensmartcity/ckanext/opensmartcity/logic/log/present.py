"""The present: what the ledger keeps of each subject, and what the datasets say, against what the events say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from ... import config
from ...ledger.answers import governed_answers
from ...ledger.chain import Chains
from ...ledger.difference import changes_between
from ...ledger.findings import Finding, finding
from ...model import exports, records
from ..history import labels

BATCH = 200


def compare_present(session: Session, chains: Chains) -> Iterator[Finding]:
    """Yield the subjects whose state, or whose dataset, is not what their events lead to."""
    rows = exports.states(session)
    while batch := list(islice(rows, BATCH)):
        yield from _compare(session, batch, chains)
    for subject_id in chains.unseen():
        yield finding("state.gone", subject=subject_id)
    missing = records.count_unseen(session, list(config.standard().records))
    if missing:
        yield finding("state.none", count=missing)


def _compare(session: Session, states: list[Any], chains: Chains) -> Iterator[Finding]:
    stored = {dataset.id: dataset for dataset in records.datasets(session, [state.subject_id for state in states])}
    for state in states:
        fields = chains.differing(state.subject_id, bytes(state.last_hash).hex(), state.answers)
        if fields:
            yield finding("state", subject=state.name, fields=", ".join(fields))
        if state.subject_type != "organization" and state.gone_at is None:
            yield from _compare_dataset(state, stored.get(state.subject_id))


def _compare_dataset(state: Any, dataset: records.Stored | None) -> Iterator[Finding]:
    if dataset is None:
        yield finding("unrecorded.gone", name=state.name)
        return
    kind = config.standard().records.get(dataset.type)
    if kind is None:
        return
    present = governed_answers(kind, dataset.extras, vars(dataset))
    fields = [change.field for change in changes_between(state.answers, present)]
    if fields:
        yield finding("unrecorded", name=state.name, fields=", ".join(fields))
    if (state.labels, state.inner_labels) != (
        labels.history_labels(dataset, state.labels),
        labels.inner_labels(dataset),
    ):
        yield finding("state.labels", subject=state.name)
