"""Parameter schemas of the core's actions."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator

from . import params


@validator_args
def governance_standard_show(ignore_empty: Validator) -> Schema:
    """`lang`: a language code, English by default."""
    return {"lang": [ignore_empty, params.language]}


@validator_args
def governance_show(not_empty: Validator, ignore_empty: Validator) -> Schema:
    """`id`: id or name of a dataset or algorithm; `lang`: a language code."""
    return {"id": [not_empty, params.query], "lang": [ignore_empty, params.language]}


@validator_args
def governance_defaults_show(not_empty: Validator, ignore_empty: Validator) -> Schema:
    """`id`: id or name of an organisation; `type`: a kind of record, `dataset` by default; `lang`: a language code."""
    return {
        "id": [not_empty, params.query],
        "type": [ignore_empty, params.query],
        "lang": [ignore_empty, params.language],
    }
