"""What each action accepts."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator

from . import params


@validator_args
def governance_standard_show(ignore_empty: Validator, unicode_safe: Validator) -> Schema:
    """`lang`: a language code, English where none is given."""
    return {"lang": [ignore_empty, unicode_safe]}


@validator_args
def governance_show(not_empty: Validator, ignore_empty: Validator, unicode_safe: Validator) -> Schema:
    """`id`: id or name of a dataset or algorithm; `lang`: a language code."""
    return {"id": [not_empty, unicode_safe], "lang": [ignore_empty, unicode_safe]}


@validator_args
def governance_stats(ignore_empty: Validator) -> Schema:
    """`q`, `fq`: queries; `by`: what to count by; `include_private`: whether private records count, if you see them."""
    return {
        "q": [ignore_empty, params.query],
        "fq": [ignore_empty, params.query],
        "by": [ignore_empty, params.dimensions],
        "include_private": [ignore_empty, params.true_or_false],
    }


@validator_args
def governance_city_show(ignore_empty: Validator, unicode_safe: Validator) -> Schema:
    """`lang`: a language code, English where none is given."""
    return {"lang": [ignore_empty, unicode_safe]}
