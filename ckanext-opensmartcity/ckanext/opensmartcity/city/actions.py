"""Action of the city page: indicators of the whole catalogue."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ..feature import action
from ..governance.governance import reader
from ..search.statistics import count_records
from . import auth, dashboard, schema
from .types import CityResult


@tk.side_effect_free
@action(auth.governance_city_show, schema.governance_city_show)
def governance_city_show(context: Context, data_dict: dict[str, Any]) -> CityResult:
    """Return the indicators of the city. Only public records count, so everybody gets the same numbers.

    :param lang: language of the texts, English by default
    :type lang: string

    :returns: as_of, standard, city, home, characteristics with their indicators, records, organizations, index_lag
    :rtype: dictionary
    """
    tk.check_access("governance_city_show", context, data_dict)
    counts = count_records(context, {"include_private": False}, dashboard.facets())
    return dashboard.render(counts, reader(data_dict.get("lang")))
