"""The action that lists: every record that you may see, as the standard judges it, page by page."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ..feature import action
from ..governance.governance import reader
from ..search.statistics import count_records
from . import auth, dashboard, schema


@tk.side_effect_free
@action(auth.governance_city_show, schema.governance_city_show)
def governance_city_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of the city: public records only, so that everybody gets the same numbers.

    :param lang: language of the texts, English by default
    :type lang: string

    :returns: as_of, standard, city, home, characteristics with their figures, records, organizations, index_lag
    :rtype: dictionary
    """
    tk.check_access("governance_city_show", context, data_dict)
    answer = count_records(context, {"include_private": False}, dashboard.questions())
    return dashboard.answers(answer, reader(data_dict.get("lang")))
