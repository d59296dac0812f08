"""Actions of the signed transparency log: checkpoints, verifier keys, inclusion and consistency proofs."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ...feature import action
from ...tlog.checkpoint import parse_checkpoint
from .. import auth, proofs, schema
from ..dictize import dictize_checkpoint, dictize_keys
from ..model import log as ledger_log
from ..types import CheckpointListResult, CheckpointResult, ProofResult


@tk.side_effect_free
@action(auth.governance_checkpoint_show, schema.governance_checkpoint_show)
def governance_checkpoint_show(context: Context, data_dict: dict[str, Any]) -> CheckpointResult:
    """Return a signed checkpoint of the log of all governed changes, and the keys that sign it.

    Keep the value of `checkpoint` unchanged: with it you can prove later that no event was altered or removed.

    :param size: the size of the log at the checkpoint, the newest by default
    :type size: int

    :returns: `checkpoint` (a signed note by C2SP tlog-checkpoint), and its `origin`, `size` and `root`; `at`;
        `keys`, each with `key`, and the sizes of the log from which and until which it signs
    :rtype: dictionary
    """
    tk.check_access("governance_checkpoint_show", context, data_dict)
    session = model.Session()
    stored = proofs.find_checkpoint(session, data_dict.get("size"))
    return {
        **dictize_checkpoint(stored),
        "origin": parse_checkpoint(stored.note).checkpoint.origin,
        "keys": dictize_keys(ledger_log.keys(session)),
    }


@tk.side_effect_free
@action(auth.governance_checkpoint_list, schema.governance_checkpoint_list)
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
@action(auth.governance_proof, schema.governance_proof)
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
