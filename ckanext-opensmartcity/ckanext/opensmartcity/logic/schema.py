"""What each action accepts."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator


@validator_args
def governance_standard_show(ignore_empty: Validator, unicode_safe: Validator) -> Schema:
    """`lang`: a language code, English where none is given."""
    return {"lang": [ignore_empty, unicode_safe]}


@validator_args
def governance_show(not_empty: Validator, ignore_empty: Validator, unicode_safe: Validator) -> Schema:
    """`id`: id or name of a dataset or algorithm; `lang`: a language code."""
    return {"id": [not_empty, unicode_safe], "lang": [ignore_empty, unicode_safe]}


@validator_args
def governance_defaults_show(not_empty: Validator, ignore_empty: Validator, unicode_safe: Validator) -> Schema:
    """`id`: id or name of an organisation; `type`: a kind of record, `dataset` by default; `lang`: a language code."""
    return {
        "id": [not_empty, unicode_safe],
        "type": [ignore_empty, unicode_safe],
        "lang": [ignore_empty, unicode_safe],
    }
