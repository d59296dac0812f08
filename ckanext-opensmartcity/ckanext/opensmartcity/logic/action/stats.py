"""Actions that count: the whole catalogue in numbers, and the figures of the city."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib import search
from ckan.types import Context

from ... import config
from .. import city, params, schema, stats
from ..counting import count
from ..governance import reader


@tk.side_effect_free
@tk.validate_action_data(schema.governance_stats)
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
    answer = _count(context, asked, stats.summary(standard, today, by))
    return stats.head(standard, today) | stats.read_summary(standard, answer, by)


@tk.side_effect_free
@tk.validate_action_data(schema.governance_city_show)
def governance_city_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of the city: public records only, so that everybody gets the same numbers.

    :param lang: language of the texts, English by default
    :type lang: string

    :returns: as_of, standard, city, home, characteristics with their figures, records, organizations, index_lag
    :rtype: dictionary
    """
    tk.check_access("governance_city_show", context, data_dict)
    answer = _count(context, {"include_private": False}, city.questions())
    return city.answers(answer, reader(data_dict.get("lang")))


def _count(context: Context, asked: Mapping[str, Any], facets: Mapping[str, Any]) -> dict[str, Any]:
    """Count governed records; filters that the index does not understand are named as such."""
    try:
        return count(context, {**asked, "fq_list": [stats.governed(config.standard())]}, facets)
    except search.SearchError as problem:
        raise params.not_understood(asked, problem) from problem
