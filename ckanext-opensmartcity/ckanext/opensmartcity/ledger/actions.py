"""Audit trail actions: history of one dataset, changes of the whole portal, one event. All use keyset pagination.

Actions of the signed transparency log: checkpoints, verifier keys, inclusion and consistency proofs.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import MINYEAR, datetime, timezone
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ..feature import action
from ..governance import governance
from ..governance.auth import allow_everybody, may_search
from ..governance.model import MAX_BIGINT
from ..tlog.checkpoint import parse_checkpoint
from . import access, disposals, proofs
from . import schema as ledger_schema
from .dictize import (
    dictize_checkpoint,
    dictize_event,
    dictize_events,
    dictize_history,
    dictize_keys,
    dictize_verification,
    words_for,
)
from .disposals import DisposalPage
from .model import event_queries, events, verifications
from .model import log as ledger_log
from .model.event_queries import Row
from .types import ChangesResult, CheckpointListResult, CheckpointResult, EventDict, HistoryResult, ProofResult


@tk.side_effect_free
@action(access.may_read_history, ledger_schema.governance_history)
def governance_history(context: Context, data_dict: dict[str, Any]) -> HistoryResult:
    """Return the changes of a dataset, newest first; also of a deleted or purged one.

    A purge withholds the values of all earlier events, except from sysadmins.

    :param id: id or name of the dataset
    :type id: string
    :param limit: maximum number of events, 1 to 100, 20 by default
    :type limit: int
    :param cursor: the `next_cursor` of the previous page
    :type cursor: string
    :param lang: language of the texts, English by default
    :type lang: string

    :returns: `dataset`, `events` and `next_cursor`. For an event that the user may not see, `hidden` is true and only
        its `leaf_hash` is given. `event` is exactly what was hashed; its canonical JSON is the leaf.
    :rtype: dictionary
    """
    tk.check_access("governance_history", context, data_dict)
    history, limit = access.find(context, data_dict["id"]), data_dict["limit"]
    rows, cursor = _page(access.page(history, data_dict.get("cursor", MAX_BIGINT), limit + 1), limit)
    users: dict[int, str] = {}
    if rows and history.inner and access.may_see_names(context, history):
        users = events.names_of(model.Session(), [row.seq for row in rows])
    words = words_for(rows, governance.reader(data_dict.get("lang")), users)
    return {
        "dataset": dictize_history(history),
        "events": dictize_events(rows, [access.may_see(context, history, row) for row in rows], words),
        "next_cursor": cursor,
    }


@tk.side_effect_free
@action(allow_everybody, ledger_schema.governance_changes)
def governance_changes(context: Context, data_dict: dict[str, Any]) -> ChangesResult:
    """Return the changes of the whole portal that the user may see.

    Without `since`, the newest events, newest first. With it, all later events, oldest first: a client that polls
    with the `next_since` of the last answer receives every event once.

    :param since: the id of an event, or a time in ISO 8601, UTC if it has no time zone
    :type since: string
    :param limit: maximum number of events, 1 to 1000, 100 by default
    :type limit: int
    :param cursor: without `since`: the `next_cursor` of the previous page
    :type cursor: string
    :param lang: language of the texts, English by default
    :type lang: string

    :returns: `events` as in `governance_history`, each with the `name` and `title` of its subject; `next_cursor`,
        or with `since` `next_since`
    :rtype: dictionary
    """
    tk.check_access("governance_changes", context, data_dict)
    session, viewer, limit = model.Session(), access.viewer(context), data_dict["limit"]
    since = data_dict.get("since")
    if since is None:
        before = data_dict.get("cursor", MAX_BIGINT)
        rows, cursor = _page(event_queries.newest(session, viewer, before, limit + 1), limit)
        following: ChangesResult = {"next_cursor": cursor}
    else:
        rows = event_queries.following(session, viewer, _parse_since(since), limit)
        following = {"next_since": rows[-1].event_id if rows else since}
    words = words_for(rows, governance.reader(data_dict.get("lang")), {})
    return {"events": dictize_events(rows, [True] * len(rows), words), **following}


@tk.side_effect_free
@action(allow_everybody, ledger_schema.governance_event_show)
def governance_event_show(context: Context, data_dict: dict[str, Any]) -> EventDict:
    """Return one event, if the user may see it.

    :param id: the id of the event
    :type id: string
    :param lang: language of the texts, English by default
    :type lang: string

    :returns: the event as in `governance_changes`
    :rtype: dictionary
    """
    tk.check_access("governance_event_show", context, data_dict)
    row = event_queries.one(model.Session(), access.viewer(context), data_dict["id"])
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no event with this id that you can see."))
    return dictize_event(row, words_for([row], governance.reader(data_dict.get("lang")), {}))


def _page(rows: Sequence[Row], limit: int) -> tuple[Sequence[Row], str | None]:
    """Return up to `limit` rows, and the cursor of the next page if there are more."""
    return rows[:limit], str(rows[limit - 1].seq) if len(rows) > limit else None


def _invalid_since() -> tk.ValidationError:
    return tk.ValidationError({"since": [tk._("Give the id of an event, or a time such as 2026-05-03.")]})


def _parse_since(since: str) -> int:
    """Return the sequence number before the first event to return; raise ValidationError if `since` is invalid."""
    try:
        is_event = str(uuid.UUID(since)) == since.lower()
    except ValueError:
        is_event = False
    if is_event:
        seq = event_queries.seq_of(model.Session(), since)
        if seq is None:
            raise tk.ValidationError({"since": [tk._("There is no event with this id.")]})
        return seq
    try:
        moment = datetime.fromisoformat(since.replace("Z", "+00:00").replace("z", "+00:00"))
    except ValueError:
        raise _invalid_since() from None
    try:
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except OverflowError:
        # In UTC, a time on the last day of the calendar may lie after it, and one on the first day before it.
        if moment.year == MINYEAR:
            raise _invalid_since() from None
        moment = datetime.max.replace(tzinfo=timezone.utc)
    return event_queries.seq_before(model.Session(), moment)


@tk.side_effect_free
@action(allow_everybody, ledger_schema.governance_checkpoint_show)
def governance_checkpoint_show(context: Context, data_dict: dict[str, Any]) -> CheckpointResult:
    """Return a signed checkpoint of the log of all governed changes, and the keys that sign it.

    Keep the value of `checkpoint` unchanged: with it you can prove later that no event was altered or removed.

    :param size: the size of the log at the checkpoint, the newest by default
    :type size: int

    :returns: `checkpoint` (a signed note by C2SP tlog-checkpoint), and its `origin`, `size` and `root`; `at`;
        `keys`, each with `key`, and the sizes of the log from which and until which it signs; `self_verification`, the
        result of the last verification that the portal ran on its own ledger: `at`, `seconds`, `verdict` (`verified`,
        `failed` or `not_verifiable`), the `size` of the newest checkpoint that was verified, the number of `events`
        and `findings`, whether it `stops_signing`, and for sysadmins `first_findings`; null before the first one
    :rtype: dictionary
    """
    tk.check_access("governance_checkpoint_show", context, data_dict)
    session = model.Session()
    stored = proofs.find_checkpoint(session, data_dict.get("size"))
    verified = verifications.latest(session)
    return {
        **dictize_checkpoint(stored),
        "origin": parse_checkpoint(stored.note).checkpoint.origin,
        "keys": dictize_keys(ledger_log.keys(session)),
        "self_verification": dictize_verification(verified, access.viewer(context).all) if verified else None,
    }


@tk.side_effect_free
@action(allow_everybody, ledger_schema.governance_checkpoint_list)
def governance_checkpoint_list(context: Context, data_dict: dict[str, Any]) -> CheckpointListResult:
    """Return the signed checkpoints of the log, newest first.

    :param limit: maximum number of checkpoints, 1 to 100, 20 by default
    :type limit: int
    :param cursor: the `next_cursor` of the previous page
    :type cursor: string

    :returns: `checkpoints`, each with `size`, `root`, `at` and `checkpoint`, the signed note; and `next_cursor`
    :rtype: dictionary
    """
    tk.check_access("governance_checkpoint_list", context, data_dict)
    limit = data_dict["limit"]
    checkpoints = ledger_log.newest(model.Session(), data_dict.get("cursor"), limit + 1)
    return {
        "checkpoints": [dictize_checkpoint(stored) for stored in checkpoints[:limit]],
        "next_cursor": str(checkpoints[limit - 1].id) if len(checkpoints) > limit else None,
    }


@tk.side_effect_free
@action(allow_everybody, ledger_schema.governance_proof)
def governance_proof(context: Context, data_dict: dict[str, Any]) -> ProofResult:
    """Prove that an event is in the log, or that an older log is the beginning of a newer one (RFC 9162).

    A proof holds only hashes, so everybody may request it for any event. Save the answer as a file:
    `opensmartcity verify` reads it.

    :param event: the id of the event whose inclusion is to be proven
    :type event: string
    :param from_size: instead of `event`: the size of an older log, whose checkpoint you kept
    :type from_size: int
    :param size: the size of the checkpoint for which the proof is made, the newest by default
    :type size: int

    :returns: for an event `index`, `leaf`, `proof` (hashes in hex), `size` and `text`, which is the proof by C2SP
        tlog-proof; for `from_size` `consistency` with `from`, `to` and `proof`; always `checkpoint`
    :rtype: dictionary
    """
    tk.check_access("governance_proof", context, data_dict)
    event, old, size = data_dict.get("event"), data_dict.get("from_size"), data_dict.get("size")
    if (event is None) == (old is None):
        raise tk.ValidationError({"event": [tk._("Give either event or from_size.")]})
    if old is not None:
        consistency = proofs.prove_consistency(model.Session(), old, size)
        hashes = [value.hex() for value in consistency.proof]
        return {
            "consistency": {"from": old, "to": consistency.checkpoint.size, "proof": hashes},
            "checkpoint": consistency.checkpoint.note,
        }
    inclusion = proofs.prove_inclusion(model.Session(), str(event), size)
    return {
        "index": inclusion.index,
        "leaf": inclusion.leaf.hex(),
        "proof": [value.hex() for value in inclusion.proof],
        "size": inclusion.checkpoint.size,
        "checkpoint": inclusion.checkpoint.note,
        "text": inclusion.text,
    }


@tk.side_effect_free
@action(may_search, ledger_schema.governance_disposal_list)
def governance_disposal_list(context: Context, data_dict: dict[str, Any]) -> DisposalPage:
    """Return the public datasets whose last day of keeping has passed, and what became of them.

    A dataset counts as removed once it was deleted or purged. It stays in the list for good, with the last day that its
    record stated then.

    :param outcome: `in_time` (removed on the last day at the latest), `late` (removed later), `overdue` (still there),
        or several of them, separated by commas; all by default
    :type outcome: string
    :param limit: maximum number of datasets, 1 to 100, 50 by default
    :type limit: int
    :param cursor: the `next_cursor` of the previous page
    :type cursor: string

    :returns: as_of; outcomes; `counts` of all outcomes; `datasets`, the latest last days first, each with id, name,
        title, state (active, deleted or purged), organization, organization_title, due_on, disposed_on and outcome;
        next_cursor
    :rtype: dictionary
    """
    tk.check_access("governance_disposal_list", context, data_dict)
    return disposals.page(data_dict["outcome"], data_dict.get("cursor"), data_dict["limit"])
