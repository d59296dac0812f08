"""Action of the city page: indicators of public records, so that everybody gets the same numbers."""

from __future__ import annotations

from typing import Any, TypedDict

import ckan.plugins.toolkit as tk
from ckan.logic.schema import validator_args
from ckan.types import AuthResult, Context, Schema, Validator

from ..feature import action
from ..governance import params
from ..governance.governance import reader
from ..search.statistics import count_records
from . import dashboard


class IndicatorText(TypedDict):
    """Texts of an indicator in the reader's language, and the type of records that it counts."""

    id: str
    title: str
    definition: str
    records: str


class ShareDict(IndicatorText):
    """Indicator that counts `count` of `of` records, with URLs and filter queries of both lists."""

    count: int
    of: int
    list: str
    filter: str | None
    rest: int
    rest_list: str
    rest_filter: str | None


class NumberDict(IndicatorText):
    """Indicator that is a single number, with its unit in the reader's language."""

    value: float
    unit: str | None
    list: str


class CharacteristicDict(TypedDict):
    """Characteristic of the city with its indicators; `left_out` cannot be computed on this portal."""

    id: str
    label: str
    question: str
    figures: list[ShareDict]
    numbers: list[NumberDict]
    left_out: list[IndicatorText]


class LevelCount(TypedDict):
    """Number of records with a level, and the URL of their list."""

    level: str
    label: str
    count: int
    list: str


class GapCount(TypedDict):
    """Number of records with a gap or concern, and the URL of their list."""

    id: str
    label: str
    count: int
    list: str


class RecordTypeDict(TypedDict):
    """Counts of the records of one type."""

    type: str
    total: int
    list: str
    levels: list[LevelCount]
    groups: list[dict[str, Any]]
    missing: list[GapCount]
    unknown: list[GapCount]
    concerns: list[GapCount]
    overdue: list[dict[str, Any]]


class OrganizationRow(TypedDict):
    """Levels of the datasets of one organisation; `name` is None for datasets without one."""

    name: str | None
    title: str | None
    total: int
    list: str | None
    levels: list[LevelCount]
    overdue: dict[str, int]


class CityResult(TypedDict):
    """Result of governance_city_show; other features add keys through `Feature.city_content`."""

    as_of: str
    standard: dict[str, str]
    city: str
    home: dict[str, str] | None
    total: int
    characteristics: list[CharacteristicDict]
    records: list[RecordTypeDict]
    organizations: list[OrganizationRow]
    index_lag: dict[str, Any]


@tk.auth_allow_anonymous_access
def may_show_city(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow users who may search; the indicators count public records only."""
    tk.check_access("package_search", context, data_dict)
    return {"success": True}


@validator_args
def city_schema(ignore_empty: Validator) -> Schema:
    """`lang`: a language code, by default English."""
    return {"lang": [ignore_empty, params.language]}


@tk.side_effect_free
@action(may_show_city, city_schema)
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
