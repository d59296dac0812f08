"""What each action accepts."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ..governance import params
from ..governance.params import number


@validator_args
def governance_links_show(not_empty: Validator, ignore_empty: Validator) -> Schema:
    """`id`: id or name of a dataset; `lang`: a language code."""
    return {"id": [not_empty, params.query], "lang": [ignore_empty, params.language]}


@validator_args
def governance_links_list(ignore_empty: Validator, default: ValidatorFactory, one_of: ValidatorFactory) -> Schema:
    """`state` of the links; `limit` and `cursor` of the page; `lang`."""
    return {
        "state": [default("failed"), params.query, one_of(["failed", "reached"])],
        "limit": [default(50), number(100)],
        "cursor": [ignore_empty, params.query],
        "lang": [ignore_empty, params.language],
    }
