"""Actions that compare indicators with other cities, with their schemas and authorization functions."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic.schema import validator_args
from ckan.types import Context, Schema, Validator

from ..feature import action
from ..governance import params
from ..governance.auth import may_search, sysadmins_only
from ..governance.governance import reader
from ..governance.types import JobResult
from . import compare, fetch_job
from .compare import ComparisonResult


@validator_args
def compare_schema(ignore_empty: Validator) -> Schema:
    """`lang`: a language code, English where none is given."""
    return {"lang": [ignore_empty, params.language]}


_TIMEOUT = 60 * 60


@tk.side_effect_free
@action(may_search, compare_schema)
def governance_compare_show(context: Context, data_dict: dict[str, Any]) -> ComparisonResult:
    """Return the figures of this city and of others side by side, as they were fetched last. There is no ranking.

    :param lang: language of the texts, English by default
    :type lang: string

    :returns: `cities`, ours first, each with name, url, page, kind (opensmartcity, or ckan where only derived figures
        are known), state (current, earlier, failed, waiting), problem, message, as_of, standard, fetched_at,
        failing_since; `characteristics` with their figures, and `derived` figures: each figure has `values`, one for
        each city in the same order: count, of, and definition where a city counts something else; null if unknown
    :rtype: dictionary
    """
    tk.check_access("governance_compare_show", context, data_dict)
    return compare.compare(reader(data_dict.get("lang")))


@action(sysadmins_only)
def governance_peers_fetch(context: Context, data_dict: dict[str, Any]) -> JobResult:
    """Let a background job fetch the figures of the other cities. For sysadmins.

    :returns: job, the id of the job
    :rtype: dictionary
    """
    tk.check_access("governance_peers_fetch", context, data_dict)
    job = tk.enqueue_job(fetch_job.job, title="fetch other cities", rq_kwargs={"timeout": _TIMEOUT})
    return {"job": job.id}
