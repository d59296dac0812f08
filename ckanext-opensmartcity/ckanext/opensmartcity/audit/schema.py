"""What each action accepts."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ..governance import params
from ..governance.params import number
from ..standard import LEVELS, shipped_languages
from . import query


@validator_args
def governance_stats(ignore_empty: Validator, ignore_missing: Validator) -> Schema:
    """`q`, `fq`: queries; `by`: what to count by; `include_private`: whether private records count, if you see them."""
    return {
        "q": [ignore_empty, params.query],
        "fq": [ignore_empty, params.query],
        "by": [ignore_empty, params.dimensions],
        "include_private": [ignore_missing, params.true_or_false],
    }


@validator_args
def governance_audit(ignore_empty: Validator, default: ValidatorFactory) -> Schema:
    """The filters of an audit; `limit` and `cursor` of the page; `lang`."""
    return {
        **audit_filters(),
        "limit": [default(100), number(1000)],
        "cursor": [ignore_empty, params.query],
    }


@validator_args
def audit_filters(ignore_empty: Validator, ignore_missing: Validator) -> Schema:
    """What an audit or an export is narrowed to, and in which language it is explained."""
    return {
        "q": [ignore_empty, params.query],
        "fq": [ignore_empty, params.query],
        "group": [ignore_empty, params.choice(query.groups)],
        "level": [ignore_empty, params.choices(lambda: LEVELS)],
        "missing": [ignore_empty, params.choices(query.questions)],
        "concern": [ignore_empty, params.choices(query.rules)],
        "overdue": [ignore_empty, params.choices(lambda: query.OVERDUE)],
        "organization": [ignore_empty, params.query],
        "include_private": [ignore_missing, params.true_or_false],
        "lang": [ignore_empty, params.choice(shipped_languages)],
    }
