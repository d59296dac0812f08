"""What each action accepts."""

from __future__ import annotations

import uuid
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory


@validator_args
def governance_standard_show(ignore_empty: Validator, unicode_safe: Validator) -> Schema:
    """`lang`: a language code, English where none is given."""
    return {"lang": [ignore_empty, unicode_safe]}


@validator_args
def governance_show(not_empty: Validator, ignore_empty: Validator, unicode_safe: Validator) -> Schema:
    """`id`: id or name of a dataset or algorithm; `lang`: a language code."""
    return {"id": [not_empty, unicode_safe], "lang": [ignore_empty, unicode_safe]}


@validator_args
def governance_history(
    not_empty: Validator,
    ignore_empty: Validator,
    unicode_safe: Validator,
    default: ValidatorFactory,
    natural_number_validator: Validator,
) -> Schema:
    """`id` of a dataset, also of one that is gone; `limit` and `cursor` of the page; `lang`."""
    return {
        "id": [not_empty, unicode_safe],
        "limit": [default(20), natural_number_validator, _at_most(100)],
        "cursor": [ignore_empty, natural_number_validator],
        "lang": [ignore_empty, unicode_safe],
    }


@validator_args
def governance_changes(
    ignore_empty: Validator, unicode_safe: Validator, default: ValidatorFactory, natural_number_validator: Validator
) -> Schema:
    """`since` an event or a time; `limit` and `cursor` of the page; `lang`."""
    return {
        "since": [ignore_empty, unicode_safe],
        "limit": [default(100), natural_number_validator, _at_most(1000)],
        "cursor": [ignore_empty, natural_number_validator],
        "lang": [ignore_empty, unicode_safe],
    }


@validator_args
def governance_checkpoint_show(ignore_empty: Validator, natural_number_validator: Validator) -> Schema:
    """`size` of the log at the checkpoint, the newest where none is given."""
    return {"size": [ignore_empty, natural_number_validator, _below_2_63]}


@validator_args
def governance_proof(ignore_empty: Validator, natural_number_validator: Validator, unicode_safe: Validator) -> Schema:
    """`event` or `from_size`, and the `size` of the checkpoint."""
    size = [ignore_empty, natural_number_validator, _below_2_63]
    return {"event": [ignore_empty, unicode_safe, _is_uuid], "from_size": size, "size": size}


@validator_args
def governance_event_show(not_empty: Validator, ignore_empty: Validator, unicode_safe: Validator) -> Schema:
    """`id` of an event; `lang`: a language code."""
    return {"id": [not_empty, unicode_safe, _is_uuid], "lang": [ignore_empty, unicode_safe]}


@validator_args
def governance_checkpoint_list(
    ignore_empty: Validator, default: ValidatorFactory, natural_number_validator: Validator
) -> Schema:
    """`limit` and `cursor` of the page."""
    return {
        "limit": [default(20), natural_number_validator, _at_most(100)],
        "cursor": [ignore_empty, natural_number_validator, _below_2_63],
    }


def _is_uuid(value: Any) -> str:
    try:
        return str(uuid.UUID(value))
    except (ValueError, AttributeError, TypeError) as error:
        raise tk.Invalid(tk._("This is not the id of an event.")) from error


def _below_2_63(value: Any) -> Any:
    if isinstance(value, int) and value >= 2**63:
        raise tk.Invalid(tk._("This number is too large."))
    return value


def _at_most(most: int) -> Validator:
    def check(value: Any) -> Any:
        # CKAN goes on to the next validator with what the one before has refused.
        if isinstance(value, int) and not 1 <= value <= most:
            raise tk.Invalid(tk._("Give a number from 1 to {most}.").format(most=most))
        return value

    return check
