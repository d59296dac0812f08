"""Parameter schemas of the audit actions."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from .. import config
from ..feature import nearest_hint
from ..governance import params
from ..governance.params import number
from ..search import statistics
from ..standard import LEVELS, shipped_languages
from ..standard.answers import shorten
from . import query


@validator_args
def governance_stats(ignore_empty: Validator, ignore_missing: Validator) -> Schema:
    """`q`, `fq`: queries; `by`: dimensions; `include_private`: whether to count visible private records."""
    return {
        "q": [ignore_empty, params.search_query],
        "fq": [ignore_empty, params.search_query],
        "by": [ignore_empty, dimensions],
        "include_private": [ignore_missing, params.true_or_false],
    }


@validator_args
def governance_audit(ignore_empty: Validator, default: ValidatorFactory) -> Schema:
    """Filters of an audit; `limit` and `cursor` of the page; `lang`."""
    return {
        **audit_filters(),
        "limit": [default(100), number(1000)],
        "cursor": [ignore_empty, params.query],
    }


@validator_args
def audit_filters(ignore_empty: Validator, ignore_missing: Validator) -> Schema:
    """Filters of an audit or an export, and the language of its texts."""
    return {
        "q": [ignore_empty, params.search_query],
        "fq": [ignore_empty, params.search_query],
        "group": [ignore_empty, params.choice(query.groups)],
        "level": [ignore_empty, params.choices(lambda: LEVELS)],
        "missing": [ignore_empty, params.choices(query.questions)],
        "concern": [ignore_empty, params.choices(query.rules)],
        "overdue": [ignore_empty, params.choices(lambda: query.OVERDUE)],
        "organization": [ignore_empty, params.query],
        "include_private": [ignore_missing, params.true_or_false],
        "lang": [ignore_empty, params.choice(shipped_languages)],
    }


def dimensions(value: Any) -> list[str]:
    """Validate dimensions to count by: a list of names, or a comma-separated text."""
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(name, str) for name in items):
        raise tk.Invalid(tk._("Give a name, or a list of names."))
    names = list(dict.fromkeys(name.strip() for name in items))
    known = statistics.dimensions(config.standard())
    for name in names:
        if name not in known:
            text = tk._(
                "Nothing can be counted by “{value}”. Choose organization, group, type or a question with codes."
            )
            raise tk.Invalid(text.format(value=shorten(name)) + nearest_hint(name, known))
    return names
