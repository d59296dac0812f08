"""Serialization of ledger rows for the API, in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, cast

from ckan import model

from .. import config
from ..governance.model import packages
from ..ledger_format.event_text import ChangeRenderer, Names, action_in_words, role_in_words
from ..ledger_format.redaction import redacted_fields, redactions_in
from ..standard import Language
from ..tlog.signed_note import to_base64
from .access import History
from .model import event_queries
from .model.event_queries import Row
from .model.log import StoredCheckpoint, StoredKey
from .model.verifications import Verification
from .row_check import leaf_of
from .types import (
    ActorDict,
    CheckpointDict,
    EventChange,
    EventDict,
    HistoryDataset,
    KeyDict,
    RedactionDict,
    SelfVerificationDict,
)


@dataclass(frozen=True)
class Words:
    """Language of the reader and display names of the ids in some events; `users` by sequence number.

    `redactions` by event, oldest first.
    """

    language: Language
    names: Names
    organizations: Mapping[str, str]
    users: Mapping[int, str]
    redactions: Mapping[str, list[RedactionDict]]


def words_for(rows: Sequence[Row], language: Language, users: Mapping[int, str]) -> Words:
    """Load the display names and redactions that these events need, with one query each."""
    bodies = [json.loads(row.body) for row in rows]
    changes = [change for body in bodies for change in body["changes"] if change["field"] == "owner_org"]
    owners = {owner for change in changes for owner in (change["before"], change["after"]) if owner}
    acting = {body["by"]["organization"] for body in bodies if body["by"]["organization"]}
    organizations, by_name = packages.organization_titles(model.Session(), sorted(owners), sorted(acting))
    licenses = {license.id: license.title for license in model.Package.get_license_register().values()}
    redacted = {row.subject_id for row, body in zip(rows, bodies, strict=True) if redacted_fields(body)}
    redactions = _redactions(sorted(redacted), language) if redacted else {}
    return Words(language, Names(organizations, licenses), by_name, users, redactions)


def _redactions(subject_ids: Sequence[str], language: Language) -> dict[str, list[RedactionDict]]:
    """Return the recorded redactions of the events of these subjects, by event and oldest first."""
    found: dict[str, list[RedactionDict]] = {}
    for body in map(json.loads, event_queries.redactions(model.Session(), subject_ids)):
        by = body["by"]
        ground = next((change["after"] for change in body["changes"] if change["field"] == "reason"), None)
        for event_id, redaction in redactions_in(body):
            recorded: RedactionDict = {
                "event": body["id"],
                "at": body["at"],
                "ground": ground,
                "role": by["role"],
                "label": role_in_words(by["role"], by["organization"], language),
                "fields": dict(redaction.fields),
            }
            found.setdefault(event_id, []).append(recorded)
    return found


def dictize_events(rows: Sequence[Row], visible: Iterable[bool], words: Words) -> list[EventDict]:
    """Return events as JSON values; events that the reader may not see are reduced to their leaf hash."""
    return [
        dictize_event(row, words) if shown else _dictize_hidden(row) for row, shown in zip(rows, visible, strict=True)
    ]


def _dictize_hidden(row: Row) -> EventDict:
    hidden: EventDict = {"hidden": True, "leaf_hash": _leaf(row), "index": row.index, "checkpoint": row.checkpoint}
    if row.withheld:
        hidden["withheld"] = True
    return hidden


def dictize_event(row: Row, words: Words) -> EventDict:
    """Return an event that the reader may see as a JSON value."""
    body: dict[str, Any] = json.loads(row.body)
    by = body["by"]
    renderer = ChangeRenderer(config.standard(), body["subject"]["type"], words.language, words.names)
    title = words.organizations.get(by["organization"], by["organization"])
    label = role_in_words(by["role"], title, words.language)
    actor: ActorDict = {"role": by["role"], "organization": by["organization"], "label": label}
    if row.seq in words.users:
        actor["user"] = words.users[row.seq]
    redactions = words.redactions.get(body["id"], [])
    event: EventDict = {
        "hidden": False,
        "id": body["id"],
        "at": body["at"],
        "action": body["action"],
        "action_label": action_in_words(body["action"], words.language),
        "subject": body["subject"] | ({"name": row.name, "title": row.title} if row.name else {}),
        "request": body["request"],
        "actor": actor,
        "changes": [cast("EventChange", renderer.render(change, redactions)) for change in body["changes"]],
        "public": row.public,
        "index": row.index,
        "checkpoint": row.checkpoint,
        "leaf_hash": _leaf(row),
        "event": body,
    }
    if redacted_fields(body):
        event["redactions"] = redactions
    return event


def _leaf(row: Row) -> str:
    return leaf_of(row.body, row.leaf).hex()


def dictize_history(history: History) -> HistoryDataset:
    """Return the dataset of a history, from the ledger's state if it was purged."""
    stored, state = history.stored, history.state
    known = stored or state
    # Of a purged record the ledger knows the record type only.
    gone_types = config.standard().types_of(state.subject_type) if state else ()
    gone_at = state.gone_at if state and not stored else None
    return {
        "id": history.subject_id,
        "name": known.name if known else None,
        "title": known.title if known else None,
        "type": stored.type if stored else next(iter(gone_types), None),
        "state": stored.state if stored else "purged",
        "private": stored.private if stored else None,
        "gone_at": _iso(gone_at) if gone_at else None,
        "gone_why": state.gone_why if state and not stored else None,
    }


def dictize_checkpoint(stored: StoredCheckpoint) -> CheckpointDict:
    """Return a signed checkpoint: `root` in base64, `at` in UTC."""
    return {"checkpoint": stored.note, "size": stored.size, "root": to_base64(stored.root), "at": _iso(stored.at)}


def dictize_keys(keys: Sequence[StoredKey]) -> list[KeyDict]:
    """Return the published keys, oldest first; each signs until the next one takes over."""
    ends = [key.since for key in keys[1:]] + [None]
    return [
        {"key": str(stored.key), "since": stored.since, "until": end, "at": _iso(stored.at)}
        for stored, end in zip(keys, ends, strict=True)
    ]


def dictize_verification(stored: Verification, with_findings: bool) -> SelfVerificationDict:
    """Return the result of a verification of the ledger; what it found only `with_findings`."""
    result: SelfVerificationDict = {
        "at": _iso(stored.at) if stored.at else "",
        "seconds": stored.seconds,
        "verdict": stored.verdict,
        "size": stored.size,
        "events": stored.events,
        "redacted": stored.redacted,
        "findings": stored.findings,
        "stops_signing": stored.stops_signing,
    }
    return result | {"first_findings": list(stored.first_findings)} if with_findings else result


def _iso(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).isoformat()
