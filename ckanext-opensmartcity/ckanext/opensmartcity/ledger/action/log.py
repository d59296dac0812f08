"""The signed log: its checkpoints, its keys, and proofs."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ...feature import action
from ...tlog.checkpoint import parse_checkpoint
from ...tlog.signed_note import to_base64
from .. import auth, proofs, schema
from ..model import log as ledger_log
from ..model.log import StoredCheckpoint


@tk.side_effect_free
@action(auth.governance_checkpoint_show, schema.governance_checkpoint_show)
def governance_checkpoint_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return a signed checkpoint of the log of all governed changes, and the keys that sign it.

    Keep what `checkpoint` holds, as it is: with it you can prove later that nothing was rewritten.

    :param size: the size of the log at the checkpoint, the newest by default
    :type size: int

    :returns: `checkpoint` (a signed note by C2SP tlog-checkpoint), and what it says: `origin`, `size` and `root`; `at`;
        `keys`, each with `key`, and since and until which size it signs
    :rtype: dictionary
    """
    tk.check_access("governance_checkpoint_show", context, data_dict)
    session = model.Session()
    found = proofs.find_checkpoint(session, data_dict.get("size"))
    return {
        **_checkpoint(found),
        "origin": parse_checkpoint(found.note).checkpoint.origin,
        "keys": _keys(ledger_log.keys(session)),
    }


@tk.side_effect_free
@action(auth.governance_checkpoint_list, schema.governance_checkpoint_list)
def governance_checkpoint_list(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return the signed checkpoints of the log, newest first.

    :param limit: the most checkpoints to return, 1 to 100, 20 by default
    :type limit: int
    :param cursor: the `next_cursor` of the page before
    :type cursor: string

    :returns: `checkpoints`, each with `size`, `root`, `at` and `checkpoint`, the signed note; and `next_cursor`
    :rtype: dictionary
    """
    tk.check_access("governance_checkpoint_list", context, data_dict)
    limit = data_dict["limit"]
    found = ledger_log.newest(model.Session(), data_dict.get("cursor"), limit + 1)
    return {
        "checkpoints": [_checkpoint(entry) for entry in found[:limit]],
        "next_cursor": str(found[limit - 1].id) if len(found) > limit else None,
    }


@tk.side_effect_free
@action(auth.governance_proof, schema.governance_proof)
def governance_proof(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Prove that an event is in the log, or that an older log is the beginning of a newer one (RFC 9162).

    A proof holds hashes alone, so that everybody may ask for that of any event. Save the answer as a file:
    `opensmartcity verify` reads it.

    :param event: the id of the event whose place in the log is to be proven
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
        extension = proofs.extend(model.Session(), old, size)
        proof = {"from": old, "to": extension.checkpoint.size, "proof": [value.hex() for value in extension.proof]}
        return {"consistency": proof, "checkpoint": extension.checkpoint.note}
    included = proofs.include(model.Session(), str(event), size)
    return {
        "index": included.index,
        "leaf": included.leaf.hex(),
        "proof": [value.hex() for value in included.proof],
        "size": included.checkpoint.size,
        "checkpoint": included.checkpoint.note,
        "text": included.text,
    }


def _checkpoint(found: StoredCheckpoint) -> dict[str, Any]:
    return {"checkpoint": found.note, "size": found.size, "root": to_base64(found.root), "at": _moment(found.at)}


def _keys(known: list[ledger_log.StoredKey]) -> list[dict[str, Any]]:
    ends = [entry.since for entry in known[1:]] + [None]
    return [
        {"key": str(entry.key), "since": entry.since, "until": end, "at": _moment(entry.at)}
        for entry, end in zip(known, ends, strict=True)
    ]


def _moment(at: datetime) -> str:
    return at.astimezone(timezone.utc).isoformat()
