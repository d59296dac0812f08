"""Optimistic locking of the API: `if_unchanged_since` of package_update, package_patch and package_revise.

A program names the newest event that it has seen. The call is refused as a conflict if it would change an answer that
somebody else has changed after that event, so that no update is lost. Other changes of the dataset do not matter.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context
from sqlalchemy.orm import Session

from .. import config
from ..governance.edit_baseline import comparable
from ..governance.governance import reader, request_language
from ..standard import DECLARED_FIELD, Field
from .dictize import dictize_event, words_for
from .model import event_queries
from .recorder import is_governed
from .types import EventDict

PARAMETER = "if_unchanged_since"


class ConflictErrors(dict[str, Any]):
    """Errors of a conflict. CKAN's API writes the type "Validation Error" into every 409; this one is a "Conflict"."""

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, "Conflict" if key == "__type" else value)


def refuse_conflict(context: Context, sent: dict[str, Any], since: Any) -> None:
    """Raise ValidationError if the record `sent` changes an answer that an event after `since` has changed.

    The dataset stays locked until the transaction ends, so that no other change comes between check and update. Errors
    name for each question the values `sent` and `stored`, and event, time and role of the change.
    """
    package = model.Package.get(sent.get("id") or sent.get("name"), for_update=True)
    if package is None or not is_governed(package):
        return
    tk.check_access("package_update", context, {"id": package.id})
    session, fields = model.Session(), config.standard().types[package.type].fields
    stored = {**package.extras, "license_id": package.license_id}
    governed = {*fields, DECLARED_FIELD, "license_id"}
    conflicts = ConflictErrors()
    for event in _events_since(session, package.id, _sequence_number(session, since)):
        for name in (change["field"] for change in event["changes"] if change["field"] in governed):
            kept = _comparable(name, stored, fields) == _comparable(name, sent, fields)
            if not kept:
                conflict = {"sent": sent.get(name), "stored": stored.get(name), "event": event["id"]}
                conflicts[name] = {**conflict, "at": event["at"], "role": event["actor"]["label"]}
    if conflicts:
        session.rollback()
        conflicts["message"] = tk._("Somebody else has changed the same answers. Compare both, then send yours again.")
        raise tk.ValidationError(conflicts)


def _comparable(name: str, record: Mapping[str, Any], fields: Mapping[str, Field]) -> Any:
    if name in fields or name == DECLARED_FIELD:
        return comparable(record.get(name), fields.get(name))
    return record.get(name) or None


def _sequence_number(session: Session, since: Any) -> int:
    try:
        seq = event_queries.seq_of(session, str(uuid.UUID(since)))
    except (AttributeError, TypeError, ValueError):
        raise tk.ValidationError({PARAMETER: [tk._("Give the id of an event.")]}) from None
    if seq is None:
        raise tk.ValidationError({PARAMETER: [tk._("There is no event with this id.")]})
    return seq


def _events_since(session: Session, dataset_id: str, seq: int) -> list[EventDict]:
    rows = event_queries.of_subject_after(session, dataset_id, seq)
    words = words_for(rows, reader(request_language()), {})
    return [dictize_event(row, words) for row in rows]
