"""`ckan opensmartcity ledger verify`: verify 100,000 events of 2,000 datasets against the database."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import sqlalchemy as sa
from ckan import model
from ckanext.opensmartcity.governance.model import metadata
from ckanext.opensmartcity.ledger.model import log as ledger_log
from ckanext.opensmartcity.ledger.model import log_stream
from ckanext.opensmartcity.ledger.model.log import StoredTiles
from ckanext.opensmartcity.ledger.verify import StoredLog
from ckanext.opensmartcity.ledger_format.canonical_json import encode
from ckanext.opensmartcity.ledger_format.event import Change, Event, commitment, event_body, leaf_hash
from ckanext.opensmartcity.tlog import tiles
from ckanext.opensmartcity.tlog.checkpoint import Checkpoint, sign_checkpoint
from ckanext.opensmartcity.tlog.signed_note import generate_pem, load_signer
from sqlalchemy.orm import Session

from . import portal
from .results import Result

EVENTS, SUBJECTS, REQUIRED, BATCH = 100_000, 2_000, 20_000, 5_000
BEGIN = datetime(2026, 5, 1)  # noqa: DTZ001  (the Z is appended below)
NAME = "city.example/opensmartcity"
INSERTS = {
    "opensmartcity_event": "seq, event_id, subject_id, subject_type, action, at, request, public, body",
    "opensmartcity_leaf": 'event_seq, "index", hash',
    "opensmartcity_actor": "event_seq, user_id, salt",
    "opensmartcity_state": "subject_id, subject_type, answers, last_seq, last_hash, labels, inner_labels, owners, "
    "name, title",
    "package": "id, name, title, type, state, private, extras",
}


def measure(events: int = EVENTS, subjects: int = SUBJECTS) -> Iterator[Result]:
    """Measure in temporary tables that shadow the real ones; the verification must succeed."""
    with portal.request():
        session = model.Session()
        session.rollback()
        for table in [*metadata.tables, "package"]:
            session.execute(sa.text(f"CREATE TEMP TABLE {table} (LIKE public.{table} INCLUDING ALL)"))
        fill(session, events, subjects)
        session.execute(sa.text("ANALYZE"))
        # Nothing is committed, so the data is a consistent snapshot already.
        with mock.patch.object(log_stream, "begin_snapshot"):
            log, begin, busy = StoredLog(session, [], []), time.perf_counter(), time.process_time()
            findings = list(log.findings())
            seconds, busy = time.perf_counter() - begin, time.process_time() - busy
        session.rollback()
    if findings or log.counts.events != events:
        raise SystemExit(f"the log of {log.counts.events} events does not verify: {findings[:3]}")
    ratios = {
        "the required 20,000 a second": events / seconds / REQUIRED,
        "the same in processor time of the command": events / busy / REQUIRED,
    }
    yield Result(f"{events:,} events of {subjects:,} datasets", events, "events", seconds, portal.megabytes(), ratios)


def fill(session: Session, events: int, subjects: int) -> None:
    """Write a log like that of a portal: datasets that change one answer after the other, and a checkpoint."""
    answers: list[dict[str, Any]] = [{"private": False, "state": "active"} for _ in range(subjects)]
    last: dict[int, bytes] = {}
    leaves: list[bytes] = []
    for start in range(0, events, BATCH):
        rows = [_event(number, subjects, answers, last) for number in range(start, min(start + BATCH, events))]
        leaves += [row["hash"] for row in rows]
        for table in ("opensmartcity_event", "opensmartcity_leaf", "opensmartcity_actor"):
            _insert(session, table, rows)
    states = [_state(subject, events, answers[subject], last[subject]) for subject in range(subjects)]
    for table in ("opensmartcity_state", "package"):
        _insert(session, table, states)
    tiles.append(StoredTiles(session), 0, leaves)
    signer = load_signer(NAME, generate_pem())
    ledger_log.add_key(session, signer.key, 0)
    root = tiles.root(StoredTiles(session), events)
    ledger_log.add(session, sign_checkpoint(Checkpoint(NAME, events, root), [signer]))


def _event(number: int, subjects: int, answers: list[dict[str, Any]], last: dict[int, bytes]) -> dict[str, Any]:
    """Return the columns of an event, its leaf and its actor; update the answers and the last hash."""
    subject, turn = number % subjects, number // subjects
    field = ("fitness_purpose", "ownership_owner", "ownership_origin")[turn % 3]
    after = f"Answer number {number} — as it is written down by somebody of the department"
    changes = [Change(field, answers[subject].get(field), after)]
    if subject not in last:
        changes += [Change(name, None, value) for name, value in answers[subject].items()]
    answers[subject][field] = after
    salt, previous = uuid.uuid4().hex, last.get(subject)
    event = Event(
        id=str(uuid.uuid4()),
        request=str(uuid.uuid4()),
        subject_type="dataset",
        subject_id=_id(subject),
        action="update" if previous else "create",
        public=True,
        at=(BEGIN + timedelta(seconds=number)).isoformat(timespec="microseconds") + "Z",
        role="editor",
        organization="mobility",
        actor=commitment(salt, "somebody"),
        nonce=uuid.uuid4().hex,
        previous=previous.hex() if previous else None,
        standard_version="1.0.0",
        standard_digest="sha256:" + "0" * 64,
        changes=tuple(changes),
    )
    body = encode(event_body(event))
    last[subject] = leaf_hash(body.encode())
    row = {"body": body, "hash": last[subject], "salt": salt, "user_id": "somebody", "index": number, "seq": number + 1}
    return vars(event) | row | {"event_id": event.id, "event_seq": number + 1}


def _state(subject: int, events: int, answers: dict[str, Any], last: bytes) -> dict[str, Any]:
    """Return the columns of a dataset and of its state in the ledger."""
    extras = {name: value for name, value in answers.items() if name not in ("private", "state")}
    ledger = {"labels": ["public"], "inner_labels": [f"creator-{None}"], "owners": "[]", "last_seq": events}
    name = f"dataset-{subject}"
    names = {"id": _id(subject), "subject_id": _id(subject), "name": name, "title": name}
    values = {"answers": json.dumps(answers), "extras": json.dumps(extras), "last_hash": last}
    return ledger | names | values | {"type": "dataset", "subject_type": "dataset", "state": "active", "private": False}


def _id(subject: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"dataset/{subject}"))


def _insert(session: Session, table: str, rows: list[dict[str, Any]]) -> None:
    names = INSERTS[table].replace('"', "").split(", ")
    columns = [sa.column(name) for name in names]
    session.execute(sa.insert(sa.table(table, *columns)), [{name: row[name] for name in names} for row in rows])
