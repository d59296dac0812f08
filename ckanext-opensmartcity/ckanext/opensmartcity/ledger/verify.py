"""Verification of the database: recompute all hashes, tiles and states from the rows and compare them.

The log is verified against its checkpoints, then the ledger's state and the datasets against the events.
"""

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
from ..ledger_format.event import commitment, leaf_hash
from ..ledger_format.history_file import Entry, LineReader
from ..ledger_format.verifier.findings import Finding, error_finding, finding
from ..ledger_format.verifier.hash_chain import HashChains
from ..ledger_format.verifier.input_files import read_kept
from ..ledger_format.verifier.verifier import Counts, Evidence, HistoryVerifier, Source, TileCheck, TrustedRoots
from ..tlog import FormatError
from ..tlog.checkpoint import parse_checkpoint
from ..tlog.merkle import HASH_BYTES
from ..tlog.signed_note import VerifierKey
from .model import log as ledger_log
from .model import log_stream
from .model.log import StoredTiles
from .model.log_stream import StoredRow
from .signer import LogError, read_signer

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
            if state.subject_type != "organization" and state.gone_at is None:
                yield from _verify_dataset(state, stored.get(state.subject_id))
    for subject_id in chains.remaining():
        yield finding("state.gone", subject=subject_id)
    missing = packages.count_without_state(session, list(config.standard().records))
    if missing:
        yield finding("state.none", count=missing)


def _verify_dataset(state: Any, dataset: packages.Stored | None) -> Iterator[Finding]:
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
    """Verification of a consistent snapshot of the database."""

    def __init__(self, session: Session, keys: list[VerifierKey], kept: list[Path]) -> None:
        self.counts = Counts()
        self._session = session
        log_stream.begin_snapshot(session)
        self._known = ledger_log.keys(session)
        self._kept = kept
        self.trust = TrustedRoots(keys or [entry.key for entry in self._known])
        self._lines = LineReader()

    def findings(self) -> Iterator[Finding]:
        """Yield what does not match, in the order of the log."""
        path = config.signing_key()
        try:
            if path:
                read_signer(path, self._known)
        except LogError as error:
            yield finding("signing_key", reason=error)
        yield from self._verify_checkpoints()
        verifier, tile_check = HistoryVerifier(self.trust, self.counts), TileCheck(StoredTiles(self._session))
        for row in log_stream.logged(self._session):
            yield from self._verify_row(row, verifier)
            for key in tile_check.add(bytes(row.hash or bytes(HASH_BYTES))):
                yield finding("tile", level=key[0], number=key[1])
        for key in tile_check.end():
            yield finding("tile", level=key[0], number=key[1])
        for row in log_stream.waiting(self._session):
            yield from self._verify_row(row, verifier)
        yield from verifier.end()
        yield from verify_present(self._session, verifier.chains)

    def _verify_checkpoints(self) -> Iterator[Finding]:
        evidence = Evidence()
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
        stated = None if row.hash is None else bytes(row.hash)
        try:
            entry = self._lines.event(row.body)
        except FormatError as error:
            entry, problems = Entry(None, leaf_hash(row.body.encode())), [error_finding("unreadable", error)]
        else:
            problems = [*self._verify_body(row.body, stated, entry), *_verify_columns(row, entry.event or {})]
        for problem in problems:
            yield replace(problem, line=row.seq, index=row.index, event_id=str(row.event_id))
        entry.index, entry.stated = row.index, stated
        yield from verifier.add(entry, row.seq)

    def _verify_body(self, body: str, stated: bytes | None, entry: Entry) -> Iterator[Finding]:
        """Yield a finding if a row holds another event than the logged one, or not in canonical form."""
        if entry.leaf == stated:
            return
        leaf = leaf_hash(body.encode())
        if stated is not None and leaf != stated:
            other = ledger_log.index_of_hash(self._session, leaf)
            if other is not None:
                yield finding("swapped", other=other)
        elif entry.leaf != leaf:
            yield finding("altered")


def _verify_columns(row: StoredRow, body: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield a finding for each column of a row, and for an actor, that does not match the event."""
    subject = body["subject"]
    expected = (
        body["id"],
        subject["id"],
        subject.get("type"),
        body["action"],
        body["at"],
        body["request"],
        body["public"],
    )
    columns = (row.event_id, row.subject_id, row.subject_type, row.action, row.at, row.request, row.public)
    if columns != expected:
        for name, column, value in zip(_COLUMNS, columns, expected, strict=True):
            if column != value:
                yield finding("columns", column=name)
    if row.salt is not None and commitment(row.salt, row.user_id or "") != body["by"].get("actor"):
        yield finding("actor")
