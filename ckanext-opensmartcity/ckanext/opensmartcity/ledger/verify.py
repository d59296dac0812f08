"""Verification of the database: recompute all hashes, tiles and states from the rows and compare them.

The log is verified against its checkpoints, then the ledger's state and the datasets against the events.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from .. import config
from ..governance import permission_labels
from ..governance.model import packages
from ..ledger_format.diff import changes_between, governed_answers
from ..ledger_format.event import leaf_hash
from ..ledger_format.history_file import Entry, LineReader
from ..ledger_format.verifier.findings import Finding, error_finding, finding
from ..ledger_format.verifier.hash_chain import HashChains
from ..ledger_format.verifier.input_files import read_kept
from ..ledger_format.verifier.tile_check import TileCheck
from ..ledger_format.verifier.trusted_roots import Evidence, Source, TrustedRoots
from ..ledger_format.verifier.verifier import Counts, HistoryVerifier
from ..tlog import FormatError
from ..tlog.checkpoint import SignedCheckpoint, parse_checkpoint
from ..tlog.merkle import HASH_BYTES
from ..tlog.signed_note import VerifierKey
from ..tlog.tiles import TileDamaged
from .high_water_mark import HighWaterMark
from .model import log as ledger_log
from .model import log_stream, subject_heads
from .model.log import StoredTiles
from .model.log_stream import StoredRow
from .model.subject_state import NO_DATASETS
from .row_check import is_redacted, read_row
from .signer import LogError, read_mark, read_signer

BATCH = 200


def verify_present(session: Session, chains: HashChains) -> Iterator[Finding]:
    """Yield a finding for each subject whose stored state, or whose dataset, does not match its events."""
    rows = log_stream.states(session)
    while batch := list(islice(rows, BATCH)):
        stored = {dataset.id: dataset for dataset in packages.datasets(session, [state.subject_id for state in batch])}
        for state in batch:
            fields = chains.differing_fields(state.subject_id, bytes(state.last_hash).hex(), state.answers)
            if fields:
                yield finding("state", subject=state.name, fields=", ".join(fields))
            if state.subject_type not in NO_DATASETS and state.gone_at is None:
                yield from _verify_dataset(state, stored.get(state.subject_id))
    for subject_id in chains.remaining():
        yield finding("state.gone", subject=subject_id)
    missing = packages.count_without_state(session, list(config.standard().types))
    if missing:
        yield finding("state.none", count=missing)


def _verify_dataset(state: Any, dataset: packages.Stored | None) -> Iterator[Finding]:
    if dataset is None:
        yield finding("unrecorded.gone", name=state.name)
        return
    kind = config.standard().types.get(dataset.type)
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


def _read_mark(session: Session) -> tuple[tuple[SignedCheckpoint, Source] | None, Finding | None]:
    """Return the checkpoint beside the key, as one that was kept, and what is wrong with the key or with it."""
    path = config.signing_key()
    if path is None:
        return None, None
    mark = HighWaterMark(path)
    try:
        signed = read_mark(mark, read_signer(path, ledger_log.keys(session)).key)
    except LogError as error:
        return None, finding("signing_key", reason=error)
    return (signed, Source(str(mark.path), 1, kept=True)) if signed else None, None


class StoredLog:
    """Verification of a consistent snapshot of the database, also against the checkpoint beside the key."""

    def __init__(self, session: Session, keys: list[VerifierKey], kept: list[Path], *, with_mark: bool = True) -> None:
        self.counts = Counts()
        self._session = session
        # Before the snapshot: the mark may stand for a log that grows meanwhile, but not for one that has grown since.
        self._mark, self._key_problem = _read_mark(session) if with_mark else (None, None)
        log_stream.begin_snapshot(session)
        self._kept = kept
        self.trust = TrustedRoots(keys or [entry.key for entry in ledger_log.keys(session)])
        self._lines = LineReader()

    def findings(self) -> Iterator[Finding]:
        """Yield what does not match, in the order of the log."""
        evidence = Evidence()
        if self._key_problem:
            yield self._key_problem
        if self._mark:
            evidence.add([self._mark[0]], self._mark[1])
        yield from self._verify_checkpoints(evidence)
        verifier = HistoryVerifier(self.trust, self.counts, live=True)
        tile_check = TileCheck(StoredTiles(self._session))
        for row in log_stream.logged(self._session):
            yield from self._verify_row(row, verifier)
            for key in tile_check.add(bytes(row.hash or bytes(HASH_BYTES))):
                yield finding("tile", level=key[0], number=key[1])
        for key in tile_check.end():
            yield finding("tile", level=key[0], number=key[1])
        for row in log_stream.waiting(self._session):
            yield from self._verify_row(row, verifier)
        yield from verifier.end()
        if not self.counts.entries:
            yield finding("nothing")
        yield from self._verify_heads()
        yield from verify_present(self._session, verifier.chains)

    def _verify_checkpoints(self, evidence: Evidence) -> Iterator[Finding]:
        for path in self._kept:
            read_kept(path, evidence)
        for stored in ledger_log.every(self._session):
            source = Source(CHECKPOINTS, stored.id)
            try:
                signed = parse_checkpoint(stored.note)
            except FormatError as error:
                yield error_finding("unreadable", error, file=CHECKPOINTS, line=stored.id)
                continue
            if (signed.size, signed.root) != (stored.size, bytes(stored.root)):
                yield replace(finding("columns", column="size, root"), file=CHECKPOINTS, line=stored.id)
            evidence.add([signed], source)
        yield from evidence.findings
        yield from self.trust.add(evidence)

    def _verify_row(self, row: StoredRow, verifier: HistoryVerifier) -> Iterator[Finding]:
        if row.seq is None:
            yield replace(finding("deleted"), index=row.index)
            yield from verifier.add(Entry(row.index, bytes(row.hash or b"")), -1)
            return
        entry, problems = read_row(self._lines, row)
        stated = None if row.hash is None else bytes(row.hash)
        if entry.event is not None and stated is not None and is_redacted(row.body):
            entry = Entry(row.index, stated, redacted=entry.event)
        elif entry.event is not None:
            problems = [*self._verify_body(row, stated, entry), *problems]
        yield from problems
        entry.index, entry.stated = row.index, stated
        yield from verifier.add(entry, row.seq)

    def _verify_body(self, row: StoredRow, stated: bytes | None, entry: Entry) -> Iterator[Finding]:
        """Yield a finding if a row holds another event than the logged one, or not in canonical form."""
        if entry.leaf == stated:
            return
        leaf, problem = leaf_hash(row.body.encode()), None
        if stated is not None and leaf != stated:
            other = ledger_log.index_of_hash(self._session, leaf)
            problem = None if other is None else finding("swapped", other=other)
        elif entry.leaf != leaf:
            problem = finding("altered")
        if problem:
            yield replace(problem, line=row.seq, index=row.index, event_id=str(row.event_id))

    def _verify_heads(self) -> Iterator[Finding]:
        """Yield a finding if the stored heads of the histories are not those of the newest stored checkpoint."""
        newest = ledger_log.latest(self._session)
        signed = self.trust.subjects.get(newest.size) if newest else None
        if newest is None or signed is None:
            return
        try:
            matching = subject_heads.root(self._session) == signed == subject_heads.root_of_rows(self._session)
        except TileDamaged:
            matching = False
        if not matching:
            yield finding("history.stored", size=newest.size)
