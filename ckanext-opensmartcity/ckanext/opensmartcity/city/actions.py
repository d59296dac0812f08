"""Action of the city page: indicators of public records, so that everybody gets the same numbers."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic.schema import validator_args
from ckan.types import Context, Schema, Validator

from ..feature import action
from ..governance import params
from ..governance.auth import may_search
from ..governance.governance import reader
from ..search.statistics import count_records
from . import dashboard
from .dashboard import CityResult


@validator_args
def city_schema(ignore_empty: Validator) -> Schema:
    """`lang`: a language code, by default English."""
    return {"lang": [ignore_empty, params.language]}


@tk.side_effect_free
@action(may_search, city_schema)
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
