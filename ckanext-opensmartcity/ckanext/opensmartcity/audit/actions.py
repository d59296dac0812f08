"""Audit actions: list records with their assessment by cursor, and count them.

Users need the right to search; the search itself filters the records that they may not read.
"""

from __future__ import annotations

from typing import Any, cast

import ckan.plugins.toolkit as tk
from ckan.types import Context

from .. import config
from ..feature import action
from ..governance.auth import may_search
from ..governance.governance import reader
from ..search import statistics
from ..search.statistics import count_records
from . import schema as audit_schema
from . import scroll
from .query import Audit, read_filters
from .types import AuditResult, StatsResult


@tk.side_effect_free
@action(may_search, audit_schema.governance_audit)
def governance_audit(context: Context, data_dict: dict[str, Any]) -> AuditResult:
    """List the records that you may see with their levels, gaps and concerns as of today, ordered by id.

    Continue with `next_cursor` until it is null: each record that exists throughout is listed exactly once, even if
    records are created, changed, hidden or deleted meanwhile. A filter may have several values, separated by commas.

    :param q: search terms or a query, as for `package_search`
    :type q: string
    :param fq: a filter, as for `package_search`
    :type fq: string
    :param level: only records of this level: `silent`, `started`, `answered` or `current`
    :type level: string
    :param group: id of a group of questions; `level` is then the level in this group
    :type group: string
    :param missing: only records without a required answer to this question
    :type missing: string
    :param concern: only records that meet this rule, such as `OSC-012`
    :type concern: string
    :param overdue: only records whose `review` or `disposal` is overdue
    :type overdue: string
    :param organization: only records of this organisation, by its id or name
    :type organization: string
    :param include_private: whether to list private records that you may see, true by default
    :type include_private: boolean
    :param limit: maximum number of rows, 1 to 1000, 100 by default
    :type limit: int
    :param cursor: the `next_cursor` of the previous page, with the same filters
    :type cursor: string
    :param lang: language of the texts, English by default
    :type lang: string

    :returns: as_of, standard, total, rows, questions (explanations of those in the rows), next_cursor, index_lag
    :rtype: dictionary
    """
    tk.check_access("governance_audit", context, data_dict)
    audit = Audit(read_filters(data_dict), reader(data_dict.get("lang")))
    user = str(context.get("user") or "")
    mark = audit.start(data_dict.get("cursor"), user)
    permitted = audit.decide(context)
    page = scroll.page(permitted, mark, data_dict["limit"], statistics.freshness(audit.standard))
    rows = [audit.rows.row(document) for document in page.documents]
    result = {
        **audit.head(),
        "total": permitted.total,
        "rows": [row.as_dict() for row in rows],
        "questions": audit.rows.questions(rows),
        "next_cursor": None if page.last else audit.cursors(user).seal(page.mark),
        "index_lag": statistics.read_freshness(audit.standard, {"count": permitted.total, **page.facets}),
    }
    return cast(AuditResult, result)


@tk.side_effect_free
@action(may_search, audit_schema.governance_stats)
def governance_stats(context: Context, data_dict: dict[str, Any]) -> StatsResult:
    """Count the records that you may see by level, gap, concern and code, as of today.

    :param q: search terms or a query, as for `package_search`
    :type q: string
    :param fq: a filter, as for `package_search`
    :type fq: string
    :param by: also count by `organization`, `group`, `type` or the name of a question with codes; several
        separated by commas
    :type by: string or list of strings
    :param include_private: whether to count private records that you may see, true by default
    :type include_private: boolean

    :returns: as_of, standard, total, types, levels, groups, missing, unknown, concerns, overdue, codes, by, index_lag
    :rtype: dictionary
    """
    tk.check_access("governance_stats", context, data_dict)
    standard, today, by = config.standard(), config.settings().day, data_dict.get("by", [])
    search: dict[str, Any] = {name: data_dict[name] for name in ("q", "fq") if name in data_dict}
    search |= {"include_private": data_dict.get("include_private", True)}
    answer = count_records(context, search, statistics.summary(standard, today, by))
    return cast(StatsResult, statistics.head(standard, today) | statistics.read_summary(standard, answer, by))
