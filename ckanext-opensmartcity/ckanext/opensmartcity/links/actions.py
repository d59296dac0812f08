"""Actions about links: whether those of datasets can be reached."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ..feature import action
from ..governance.governance import reader
from . import auth, check_job, report, schema

_A_DAY = 24 * 60 * 60


@tk.side_effect_free
@action(auth.governance_links_show, schema.governance_links_show)
def governance_links_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return whether the links of one dataset could be reached when they were checked last.

    :param id: id or name of the dataset
    :type id: string
    :param lang: language of the reasons, English by default
    :type lang: string

    :returns: dataset, and `links`: resource, name, url, state (reached, failed, unchecked, or null before the first
        check), problem, status, message, checked_at, reached_at, failing_since
    :rtype: dictionary
    """
    tk.check_access("governance_links_show", context, data_dict)
    found = model.Package.get(data_dict["id"])
    if found is None:
        raise tk.ObjectNotFound(tk._("Dataset not found"))
    return {"dataset": found.id, "links": report.of(found.id, reader(data_dict.get("lang")))}


@tk.side_effect_free
@action(auth.governance_links_list, schema.governance_links_list)
def governance_links_list(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return the links of public datasets that could not be reached, or those that could.

    :param state: `failed` by default, or `reached`
    :type state: string
    :param limit: how many, at most 100; 50 by default
    :type limit: integer
    :param cursor: `next_cursor` of the page before
    :type cursor: string
    :param lang: language of the reasons, English by default
    :type lang: string

    :returns: state, `links` as in governance_links_show, each with up to five `datasets` that name it; next_cursor
    :rtype: dictionary
    """
    tk.check_access("governance_links_list", context, data_dict)
    language = reader(data_dict.get("lang"))
    return report.page(data_dict["state"], data_dict.get("cursor"), data_dict["limit"], language)


@action(auth.governance_links_check)
def governance_links_check(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Let a background job check the links that are due. For sysadmins.

    :returns: job, the id of the job
    :rtype: dictionary
    """
    tk.check_access("governance_links_check", context, data_dict)
    made = tk.enqueue_job(check_job.job, title="check links", rq_kwargs={"timeout": _A_DAY})
    return {"job": made.id}
