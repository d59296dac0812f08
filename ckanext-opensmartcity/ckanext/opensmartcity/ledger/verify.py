"""The present: what the ledger keeps of each subject, and what the datasets say, against what the events say."""
# MERGED Verifying: everything that can be derived is derived anew from the rows, and compared with what is stored.

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from .. import config
from ..governance import permission_labels
from ..governance.model import packages
from ..ledger_format.diff import changes_between, governed_answers
from ..ledger_format.errors import Unreadable
from ..ledger_format.event import commitment, leaf_hash
from ..ledger_format.history_file import Entry, LineReader
from ..ledger_format.verifier.findings import Finding, finding
from ..ledger_format.verifier.hash_chain import Chains
from ..ledger_format.verifier.input_files import read_kept
from ..ledger_format.verifier.tile_check import TileCheck
from ..ledger_format.verifier.verifier import Counts, Heads, Source, Trust, Verification
from ..tlog.checkpoint import parse_checkpoint
from ..tlog.merkle import HASH_BYTES
from ..tlog.signed_note import VerifierKey
from .errors import LogError
from .model import log as ledger_log
from .model import log_stream
from .model.log import StoredTiles
from .model.log_stream import StoredRow
from .signer import read_signer

BATCH = 200


def compare_present(session: Session, chains: Chains) -> Iterator[Finding]:
    """Yield the subjects whose state, or whose dataset, is not what their events lead to."""
    rows = log_stream.states(session)
    while batch := list(islice(rows, BATCH)):
        yield from _compare(session, batch, chains)
    for subject_id in chains.unseen():
        yield finding("state.gone", subject=subject_id)
    missing = packages.count_without_state(session, list(config.standard().records))
    if missing:
        yield finding("state.none", count=missing)


def _compare(session: Session, states: list[Any], chains: Chains) -> Iterator[Finding]:
    stored = {dataset.id: dataset for dataset in packages.datasets(session, [state.subject_id for state in states])}
    for state in states:
        fields = chains.differing(state.subject_id, bytes(state.last_hash).hex(), state.answers)
        if fields:
            yield finding("state", subject=state.name, fields=", ".join(fields))
        if state.subject_type != "organization" and state.gone_at is None:
            yield from _compare_dataset(state, stored.get(state.subject_id))


def _compare_dataset(state: Any, dataset: packages.Stored | None) -> Iterator[Finding]:
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
        permission_labels.history_labels(dataset, state.labels),
        permission_labels.inner_labels(dataset),
    ):
        yield finding("state.labels", subject=state.name)


CHECKPOINTS = "opensmartcity_checkpoint"
_COLUMNS = ("event_id", "subject_id", "subject_type", "action", "at", "request", "public")


class StoredLog:
    """One verification of the database, as it is at one moment."""

    def __init__(self, session: Session, keys: list[VerifierKey], kept: list[Path]) -> None:
        self.counts = Counts()
        self._session = session
        log_stream.one_moment(session)
        self._known = ledger_log.keys(session)
        self._kept = kept
        self.trust = Trust(keys or [entry.key for entry in self._known])
        self._lines = LineReader()

    def findings(self) -> Iterator[Finding]:
        """Yield what does not fit, in the order of the log."""
        yield from self._key()
        yield from self._heads()
        check, tile_check = Verification(self.trust, self.counts), TileCheck(StoredTiles(self._session))
        for row in log_stream.logged(self._session):
            yield from self._row(row, check)
            for key in tile_check.add(bytes(row.hash or bytes(HASH_BYTES))):
                yield finding("tile", level=key[0], number=key[1])
        for key in tile_check.end():
            yield finding("tile", level=key[0], number=key[1])
        for row in log_stream.waiting(self._session):
            yield from self._row(row, check)
        yield from check.end()
        yield from compare_present(self._session, check.chains)

    def _key(self) -> Iterator[Finding]:
        path = config.signing_key()
        try:
            if path:
                read_signer(path, self._known)
        except LogError as error:
            yield finding("signing_key", reason=error)

    def _heads(self) -> Iterator[Finding]:
        heads = Heads()
        for path in self._kept:
            read_kept(path, heads)
        for stored in ledger_log.every(self._session):
            source = Source(CHECKPOINTS, stored.id)
            try:
                signed = parse_checkpoint(stored.note)
            except Unreadable as error:
                yield Finding("unreadable", error.message, stored.id, file=CHECKPOINTS)
                continue
            if (signed.size, signed.root) != (stored.size, bytes(stored.root)):
                yield replace(finding("columns", column="size, root"), file=CHECKPOINTS, line=stored.id)
            heads.take([signed], source)
        yield from heads.findings
        yield from self.trust.take(heads)

    def _row(self, row: StoredRow, check: Verification) -> Iterator[Finding]:
        if row.seq is None:
            yield replace(finding("deleted"), index=row.index)
            yield from check.entry(Entry(row.index, bytes(row.hash or b"")), -1)
            return
        stated = None if row.hash is None else bytes(row.hash)
        try:
            entry = self._lines.event(row.body)
        except Unreadable as error:
            entry, problems = Entry(None, leaf_hash(row.body.encode())), [Finding("unreadable", error.message)]
        else:
            problems = [*self._misplaced(row.body, stated, entry), *_differing(row, entry.event or {})]
        for problem in problems:
            yield replace(problem, line=row.seq, index=row.index, event_id=str(row.event_id))
        entry.index, entry.stated = row.index, stated
        yield from check.entry(entry, row.seq)

    def _misplaced(self, body: str, stated: bytes | None, entry: Entry) -> Iterator[Finding]:
        """Yield where a row holds another event than the one that was logged, or not in canonical form."""
        if entry.leaf == stated:
            return
        leaf = leaf_hash(body.encode())
        if stated is not None and leaf != stated:
            other = ledger_log.index_of_hash(self._session, leaf)
            if other is not None:
                yield finding("swapped", other=other)
        elif entry.leaf != leaf:
            yield finding("altered")


def _differing(row: StoredRow, body: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield where the columns of a row, or who acted, are not what its event says."""
    subject = body["subject"]
    said = (body["id"], subject["id"], subject.get("type"), body["action"], body["at"], body["request"], body["public"])
    columns = (row.event_id, row.subject_id, row.subject_type, row.action, row.at, row.request, row.public)
    if columns != said:
        for name, column, value in zip(_COLUMNS, columns, said, strict=True):
            if column != value:
                yield finding("columns", column=name)
    if row.salt is not None and commitment(row.salt, row.user_id or "") != body["by"].get("actor"):
        yield finding("actor")
