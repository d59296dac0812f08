"""Parameter schemas of the ledger's actions."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ..governance import params
from ..governance.model import MAX_BIGINT
from ..governance.params import event_id, number
from .model.disposals import OUTCOMES


@validator_args
def governance_history(
    not_empty: Validator,
    ignore_empty: Validator,
    default: ValidatorFactory,
) -> Schema:
    """`id` of a dataset, also of a purged one; `limit` and `cursor` of the page; `lang`."""
    return {
        "id": [not_empty, params.query],
        "limit": [default(20), number(100)],
        "cursor": [ignore_empty, number(MAX_BIGINT)],
        "lang": [ignore_empty, params.language],
    }


@validator_args
def governance_changes(ignore_empty: Validator, default: ValidatorFactory) -> Schema:
    """`since`: an event or a time; `limit` and `cursor` of the page; `lang`."""
    return {
        "since": [ignore_empty, params.query],
        "limit": [default(100), number(1000)],
        "cursor": [ignore_empty, number(MAX_BIGINT)],
        "lang": [ignore_empty, params.language],
    }


@validator_args
def governance_checkpoint_show(ignore_empty: Validator) -> Schema:
    """`size` of the log at the checkpoint, by default the newest."""
    return {"size": [ignore_empty, number(MAX_BIGINT)]}


@validator_args
def governance_proof(ignore_empty: Validator) -> Schema:
    """`event` or `from_size`, and the `size` of the checkpoint."""
    size = [ignore_empty, number(MAX_BIGINT)]
    return {"event": [ignore_empty, event_id], "from_size": size, "size": size}


@validator_args
def governance_event_show(not_empty: Validator, ignore_empty: Validator) -> Schema:
    """`id` of an event; `lang`: a language code."""
    return {"id": [not_empty, event_id], "lang": [ignore_empty, params.language]}


@validator_args
def governance_checkpoint_list(ignore_empty: Validator, default: ValidatorFactory) -> Schema:
    """`limit` and `cursor` of the page."""
    return {"limit": [default(20), number(100)], "cursor": [ignore_empty, number(MAX_BIGINT)]}


@validator_args
def governance_disposal_list(ignore_empty: Validator, default: ValidatorFactory) -> Schema:
    """`outcome`: one or more of OUTCOMES; `limit` and `cursor` of the page."""
    return {
        "outcome": [default(",".join(OUTCOMES)), params.choices(lambda: OUTCOMES)],
        "limit": [default(50), number(100)],
        "cursor": [ignore_empty, params.query],
    }
