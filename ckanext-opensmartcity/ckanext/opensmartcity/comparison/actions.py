"""Actions about other cities: their figures beside our own."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ..feature import action
from ..governance.governance import reader
from . import auth, compare, fetch_job, schema

_AN_HOUR = 60 * 60


@tk.side_effect_free
@action(auth.governance_compare_show, schema.governance_compare_show)
def governance_compare_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
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


@action(auth.governance_peers_fetch)
def governance_peers_fetch(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Let a background job fetch the figures of the other cities. For sysadmins.

    :returns: job, the id of the job
    :rtype: dictionary
    """
    tk.check_access("governance_peers_fetch", context, data_dict)
    made = tk.enqueue_job(fetch_job.job, title="fetch other cities", rq_kwargs={"timeout": _AN_HOUR})
    return {"job": made.id}
