"""The action that lists: every record that you may see, as the standard judges it, page by page."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from .. import config
from ..feature import action
from ..governance import params
from ..governance.governance import reader
from ..search import statistics
from ..search.statistics import count_records
from . import auth, schema, scroll
from .query import Audit, read_filters


@tk.side_effect_free
@action(auth.governance_audit, schema.governance_audit)
def governance_audit(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """List the records that you may see with their levels, gaps and concerns, in the order of their ids; as of today.

    Go on with `next_cursor` until it is null: each record that is there throughout is met exactly once, also if records
    are made, changed, hidden or removed meanwhile. Names in filters may be several, with commas: any of them.

    :param q: words or a query, as for `package_search`
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
    :param limit: the most rows to return, 1 to 1000, 100 by default
    :type limit: int
    :param cursor: the `next_cursor` of the page before, with the same filters
    :type cursor: string
    :param lang: language of the texts, English by default
    :type lang: string

    :returns: as_of, standard, total, rows, questions (those that the rows name, explained), next_cursor, index_lag
    :rtype: dictionary
    """
    tk.check_access("governance_audit", context, data_dict)
    params.refuse_unknown(data_dict.pop("__extras", {}), schema.governance_audit())
    audit = Audit(read_filters(data_dict), reader(data_dict.get("lang")))
    user = str(context.get("user") or "")
    mark = audit.start(data_dict.get("cursor"), user)
    decided = audit.decide(context)
    page = scroll.page(decided, mark, data_dict["limit"], statistics.freshness(audit.standard))
    rows = [audit.rows.row(document) for document in page.documents]
    return {
        **audit.head(),
        "total": decided.total,
        "rows": [row.as_dict() for row in rows],
        "questions": audit.rows.questions(rows),
        "next_cursor": None if page.last else audit.cursors(user).seal(page.mark),
        "index_lag": statistics.read_freshness(audit.standard, {"count": decided.total, **page.facets}),
    }


@tk.side_effect_free
@action(auth.governance_stats, schema.governance_stats)
def governance_stats(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Count the records that you may see: by level, by gap, by concern, by code; as of today.

    :param q: words or a query, as for `package_search`
    :type q: string
    :param fq: a filter, as for `package_search`
    :type fq: string
    :param by: also count by `organization`, `group`, `type` or the name of a question with codes; several with commas
    :type by: string or list of strings
    :param include_private: whether to count private records that you may see, true by default
    :type include_private: boolean

    :returns: as_of, standard, total, types, levels, groups, missing, unknown, concerns, overdue, codes, by, index_lag
    :rtype: dictionary
    """
    tk.check_access("governance_stats", context, data_dict)
    params.refuse_unknown(data_dict.pop("__extras", {}), schema.governance_stats())
    standard, today, by = config.standard(), config.settings().day, data_dict.get("by", [])
    asked: dict[str, Any] = {name: data_dict[name] for name in ("q", "fq") if name in data_dict}
    asked |= {"include_private": data_dict.get("include_private", True)}
    answer = count_records(context, asked, statistics.summary(standard, today, by))
    return statistics.head(standard, today) | statistics.read_summary(standard, answer, by)
