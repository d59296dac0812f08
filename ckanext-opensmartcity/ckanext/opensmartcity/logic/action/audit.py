"""The action that lists: every record that you may see, as the standard judges it, page by page."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from .. import params, schema, stats
from ..audit import walking
from ..audit.auditing import Audit
from ..audit.filters import read_filters
from ..governance import reader


@tk.side_effect_free
@tk.validate_action_data(schema.governance_audit)
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
    page = walking.page(decided, mark, data_dict["limit"], stats.freshness(audit.standard))
    rows = [audit.rows.row(document) for document in page.documents]
    return {
        **audit.head(),
        "total": decided.total,
        "rows": [row.as_dict() for row in rows],
        "questions": audit.rows.questions(rows),
        "next_cursor": None if page.last else audit.cursors(user).seal(page.mark),
        "index_lag": stats.read_freshness(audit.standard, {"count": decided.total, **page.facets}),
    }
