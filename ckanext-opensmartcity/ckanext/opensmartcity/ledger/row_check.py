"""Check of one stored event: row, actor and canonical body say the same, and it follows the event before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..ledger_format.event import commitment, leaf_hash
from ..ledger_format.history_file import Entry, LineReader
from ..ledger_format.redaction import redacted_fields
from ..ledger_format.verifier.findings import Finding, error_finding, finding
from ..tlog import FormatError
from .model.log_stream import StoredRow

_COLUMNS = ("event_id", "subject_id", "subject_type", "action", "at", "request", "public")


def read_row(lines: LineReader, row: StoredRow) -> tuple[Entry, list[Finding]]:
    """Parse a row that has an event into an entry without index; return it with the findings about the row."""
    try:
        entry = lines.event(row.body)
    except FormatError as error:
        entry, problems = Entry(None, leaf_hash(row.body.encode())), [error_finding("unreadable", error)]
    else:
        problems = [*_verify_columns(row, entry.event or {}), *_verify_actor(row, entry.event or {})]
    return entry, [replace(problem, line=row.seq, index=row.index, event_id=str(row.event_id)) for problem in problems]


def verify_new(lines: LineReader, row: StoredRow) -> list[Finding]:
    """Return the findings about an event that is to be added to the log."""
    entry, problems = read_row(lines, row)
    if entry.event is None:
        return problems
    if entry.leaf != leaf_hash(row.body.encode()):
        problems.append(finding("altered"))
    previous = None if row.previous is None else leaf_of(row.previous, row.previous_leaf).hex()
    if entry.event["previous"] != previous:
        problems.append(finding("chain.unknown"))
    return problems


def leaf_of(body: str, logged: bytes | None) -> bytes:
    """Return the leaf hash of a stored event; of a redacted one the hash in the log, since it cannot be computed."""
    return bytes(logged) if logged is not None and is_redacted(body) else leaf_hash(body.encode())


def is_redacted(body: str) -> bool:
    """Return whether a stored body is what is left of a redacted event."""
    # Most bodies are told apart without parsing them: in a text, a quotation mark is escaped.
    if '"redacted":[' not in body:
        return False
    try:
        return bool(redacted_fields(json.loads(body)))
    except (ValueError, LookupError, TypeError):
        # Not an event any more: it was altered.
        return False


def _verify_columns(row: StoredRow, body: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield a finding for each column of a row that does not match the event."""
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


def _verify_actor(row: StoredRow, body: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield a finding if there is no actor row, or another one than the event commits to. Erasure empties the row."""
    if not row.has_actor:
        yield finding("actor.none")
    elif row.salt is not None and commitment(row.salt, row.user_id or "") != body["by"].get("actor"):
        yield finding("actor")
