"""What each action accepts."""

from __future__ import annotations

import uuid
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ..model.pages import LAST
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
def governance_history(
    not_empty: Validator,
    ignore_empty: Validator,
    unicode_safe: Validator,
    default: ValidatorFactory,
) -> Schema:
    """`id` of a dataset, also of one that is gone; `limit` and `cursor` of the page; `lang`."""
    return {
        "id": [not_empty, unicode_safe],
        "limit": [default(20), _number(100)],
        "cursor": [ignore_empty, _number(LAST)],
        "lang": [ignore_empty, unicode_safe],
    }


@validator_args
def governance_changes(ignore_empty: Validator, unicode_safe: Validator, default: ValidatorFactory) -> Schema:
    """`since` an event or a time; `limit` and `cursor` of the page; `lang`."""
    return {
        "since": [ignore_empty, unicode_safe],
        "limit": [default(100), _number(1000)],
        "cursor": [ignore_empty, _number(LAST)],
        "lang": [ignore_empty, unicode_safe],
    }


@validator_args
def governance_checkpoint_show(ignore_empty: Validator) -> Schema:
    """`size` of the log at the checkpoint, the newest where none is given."""
    return {"size": [ignore_empty, _number(LAST)]}


@validator_args
def governance_proof(ignore_empty: Validator, unicode_safe: Validator) -> Schema:
    """`event` or `from_size`, and the `size` of the checkpoint."""
    size = [ignore_empty, _number(LAST)]
    return {"event": [ignore_empty, unicode_safe, _event_id], "from_size": size, "size": size}


@validator_args
def governance_event_show(not_empty: Validator, ignore_empty: Validator, unicode_safe: Validator) -> Schema:
    """`id` of an event; `lang`: a language code."""
    return {"id": [not_empty, unicode_safe, _event_id], "lang": [ignore_empty, unicode_safe]}


@validator_args
def governance_checkpoint_list(ignore_empty: Validator, default: ValidatorFactory) -> Schema:
    """`limit` and `cursor` of the page."""
    return {"limit": [default(20), _number(100)], "cursor": [ignore_empty, _number(LAST)]}


def _event_id(value: Any) -> str:
    try:
        return str(uuid.UUID(value))
    except (ValueError, AttributeError, TypeError) as error:
        raise tk.Invalid(tk._("This is not the id of an event.")) from error


def _number(most: int) -> Validator:
    def read(value: Any) -> int:
        text = str(value).strip()
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:20]) <= most):
            raise tk.Invalid(tk._("Give a number from 1 to {most}.").format(most=most))
        return int(text)

    return read


@validator_args
def governance_defaults_show(not_empty: Validator, ignore_empty: Validator, unicode_safe: Validator) -> Schema:
    """`id`: id or name of an organisation; `type`: a kind of record, `dataset` by default; `lang`: a language code."""
    return {
        "id": [not_empty, unicode_safe],
        "type": [ignore_empty, unicode_safe],
        "lang": [ignore_empty, unicode_safe],
    }


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


@validator_args
def governance_links_show(not_empty: Validator, ignore_empty: Validator, unicode_safe: Validator) -> Schema:
    """`id`: id or name of a dataset; `lang`: a language code."""
    return {"id": [not_empty, unicode_safe], "lang": [ignore_empty, unicode_safe]}


@validator_args
def governance_links_list(
    ignore_empty: Validator, unicode_safe: Validator, default: ValidatorFactory, one_of: ValidatorFactory
) -> Schema:
    """`state` of the links; `limit` and `cursor` of the page; `lang`."""
    return {
        "state": [default("failed"), unicode_safe, one_of(["failed", "reached"])],
        "limit": [default(50), _number(100)],
        "cursor": [ignore_empty, params.query],
        "lang": [ignore_empty, unicode_safe],
    }


@validator_args
def governance_compare_show(ignore_empty: Validator, unicode_safe: Validator) -> Schema:
    """`lang`: a language code, English where none is given."""
    return {"lang": [ignore_empty, unicode_safe]}
