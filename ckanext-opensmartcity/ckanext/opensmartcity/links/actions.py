"""Actions of the link checker, with their schemas and authorization functions."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.logic.schema import validator_args
from ckan.types import Context, Schema, Validator, ValidatorFactory

from ..feature import action
from ..governance import params
from ..governance.auth import may_read_dataset, may_search, sysadmins_only
from ..governance.governance import reader
from ..governance.params import number
from ..governance.types import JobResult
from . import check_job, report
from .report import LinkPage, LinksResult


@validator_args
def links_schema(not_empty: Validator, ignore_empty: Validator) -> Schema:
    """`id`: id or name of a dataset; `lang`: a language code."""
    return {"id": [not_empty, params.query], "lang": [ignore_empty, params.language]}


@validator_args
def links_list_schema(ignore_empty: Validator, default: ValidatorFactory) -> Schema:
    """`state` of the links; `limit` and `cursor` of the page; `lang`."""
    return {
        "state": [default("failed"), params.one_of("failed", "reached")],
        "limit": [default(50), number(100)],
        "cursor": [ignore_empty, params.query],
        "lang": [ignore_empty, params.language],
    }


_TIMEOUT = 24 * 60 * 60


@tk.side_effect_free
@action(may_read_dataset, links_schema)
def governance_links_show(context: Context, data_dict: dict[str, Any]) -> LinksResult:
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
    package = model.Package.get(data_dict["id"])
    if package is None:
        raise tk.ObjectNotFound(tk._("Dataset not found"))
    return {"dataset": package.id, "links": report.of(package.id, reader(data_dict.get("lang")))}


@tk.side_effect_free
@action(may_search, links_list_schema)
def governance_links_list(context: Context, data_dict: dict[str, Any]) -> LinkPage:
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


@action(sysadmins_only)
def governance_links_check(context: Context, data_dict: dict[str, Any]) -> JobResult:
    """Let a background job check the links that are due. For sysadmins.

    :returns: job, the id of the job
    :rtype: dictionary
    """
    tk.check_access("governance_links_check", context, data_dict)
    job = tk.enqueue_job(check_job.job, title="check links", rq_kwargs={"timeout": _TIMEOUT})
    return {"job": job.id}
