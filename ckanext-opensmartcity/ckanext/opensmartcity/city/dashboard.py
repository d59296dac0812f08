"""Dashboard of the city: indicators by characteristic, levels by group and organisation, gaps and overdue dates.

`facets` are the facets to request from Solr, `render` turns the counts into the result of governance_city_show, which
covers public records only: everybody gets the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypedDict, cast

import ckan.plugins.toolkit as tk

from .. import config, registry
from ..contributions import Number, Share
from ..governance.types import Day, IndexLag, RecordTypeName, StandardVersion
from ..search import condition_query, fields, statistics
from ..search.facet_counts import among, number
from ..search.facet_query import rewrite
from ..search.statistics import OverdueCounts, measures
from ..standard import Characteristic, Indicator, Language, PortalIndicator
from ..standard.assessment import Level
from ..standard.countries import territory_name
from ..standard.display import LEVEL_LABELS
from ..standard.model import DATASET


class IndicatorText(TypedDict):
    """Texts of an indicator in the reader's language, and the type of records that it counts."""

    id: str
    title: str
    definition: str
    records: RecordTypeName


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

    level: Level
    label: str
    count: int
    list: str


class GapCount(TypedDict):
    """Number of records with a gap or concern, and the URL of their list."""

    id: str
    label: str
    count: int
    list: str


class GroupLevels(TypedDict):
    """Levels of the records of one type in a group of questions."""

    id: str
    label: str
    question: str
    levels: list[LevelCount]


class OverdueCount(TypedDict):
    """Number of records whose review or disposal is overdue, and the URL of their list."""

    what: str
    count: int
    list: str


class Country(TypedDict):
    """Home jurisdiction of the city."""

    code: str
    name: str


class RecordTypeDict(TypedDict):
    """Counts of the records of one type."""

    type: RecordTypeName
    total: int
    list: str
    levels: list[LevelCount]
    groups: list[GroupLevels]
    missing: list[GapCount]
    unknown: list[GapCount]
    concerns: list[GapCount]
    overdue: list[OverdueCount]


class OrganizationRow(TypedDict):
    """Levels of the datasets of one organisation; `name` is None for datasets without one."""

    name: str | None
    title: str | None
    total: int
    list: str | None
    levels: list[LevelCount]
    overdue: OverdueCounts


class CityResult(TypedDict):
    """Result of governance_city_show; other features add keys through `Feature.city_content`."""

    as_of: Day
    standard: StandardVersion
    city: str
    home: Country | None
    total: int
    characteristics: list[CharacteristicDict]
    records: list[RecordTypeDict]
    organizations: list[OrganizationRow]
    index_lag: IndexLag


Counts = Mapping[str, Any]


class _Renderer(NamedTuple):
    """Language of the reader, and a function that builds URLs of lists of records."""

    reader: Language
    list_url: Callable[..., str]


def facets() -> dict[str, Any]:
    """Return the facets that the city page requests from the search index."""
    standard, today = config.standard(), config.settings().day
    types, organizations = statistics.within(standard, ["type"]), statistics.within(standard, ["organization"])
    levels = measures(today, organizations, measured=["levels"])
    indicators = {}
    for indicator in _computable():
        queries = condition_query.queries(indicator)
        of, right, _ = (rewrite(query, standard, today) for query in queries)
        indicators[f"figure {indicator.id}"] = among(of, {"right": among(right)})
    return {
        **statistics.freshness(standard),
        **measures(today, types),
        **types,
        "datasets": among(fields.type_query(standard, DATASET), {**levels, **organizations}),
        **indicators,
    }


def _computable() -> list[Indicator]:
    """Return the indicators that this portal can compute; some need the home country."""
    home = config.settings().home
    return [indicator for indicator in registry.indicators().counted.values() if home or not indicator.needs_home]


def render(counts: Counts, reader: Language) -> CityResult:
    """Return the counts in the reader's language, with the URL of the list behind each number."""
    standard, settings = config.standard(), config.settings()
    renderer = _Renderer(reader, condition_query.addresses())
    from_features = registry.indicator_values()
    result = {
        **statistics.head(standard, settings.day),
        "city": tk.config["ckan.site_title"],
        "home": settings.home and {"code": settings.home, "name": territory_name(settings.home, reader.locale)},
        "total": counts["count"],
        "characteristics": [
            _characteristic(each, counts, from_features, renderer) for each in registry.indicators().characteristics
        ],
        **registry.city_content(),
        "records": [
            _record_type(kind, {"total": measured.total, **measured.render(standard)}, renderer)
            for kind, measured in statistics.of_record_types(standard, counts).items()
        ],
        "organizations": _organization_rows(counts, renderer),
        "index_lag": statistics.read_freshness(standard, counts),
    }
    return cast(CityResult, result)


def _characteristic(
    each: Characteristic, counts: Counts, from_features: Mapping[str, Share | Number], renderer: _Renderer
) -> CharacteristicDict:
    indicators, computable = registry.indicators().of(each), {indicator.id for indicator in _computable()}
    shares = [_indicator(indicator, counts, renderer) for indicator in indicators if indicator.id in computable]
    numbers = []
    for other in registry.indicators().portal_indicators_of(each):
        value = from_features.get(other.source)
        if isinstance(value, Share):
            rest = {"filter": None, "rest": value.of - value.count, "rest_filter": None}
            shares.append(cast(ShareDict, {**_text(other, renderer), **vars(value), **rest}))
        elif isinstance(value, Number):
            unit = value.unit and renderer.reader.translate(value.unit[value.value != 1])
            numbers.append(cast(NumberDict, {**_text(other, renderer), **vars(value), "unit": unit}))
    return {
        "id": each.id,
        "label": renderer.reader.translate(each.label),
        "question": renderer.reader.translate(each.question),
        "figures": shares,
        "numbers": numbers,
        "left_out": [_text(indicator, renderer) for indicator in indicators if indicator.id not in computable],
    }


def _text(indicator: Indicator | PortalIndicator, renderer: _Renderer) -> IndicatorText:
    return {
        "id": indicator.id,
        "title": renderer.reader.translate(indicator.title),
        "definition": renderer.reader.translate(indicator.definition),
        "records": indicator.records,
    }


def _indicator(indicator: Indicator, counts: Counts, renderer: _Renderer) -> ShareDict:
    facet = counts.get(f"figure {indicator.id}", {})
    of, count = facet.get("count", 0), number(facet, "right")
    _, right, rest = condition_query.queries(indicator)
    return {
        **_text(indicator, renderer),
        "count": count,
        "of": of,
        "list": renderer.list_url(indicator.records, **{condition_query.FIGURE: indicator.id}),
        "filter": right,
        "rest": of - count,
        "rest_list": renderer.list_url(indicator.records, **{condition_query.REST: indicator.id}),
        "rest_filter": rest,
    }


def _record_type(kind: str, row: Mapping[str, Any], renderer: _Renderer) -> RecordTypeDict:
    record = config.standard().records[kind]
    return {
        "type": kind,
        "total": row["total"],
        "list": renderer.list_url(kind),
        "levels": _levels(kind, row["levels"], fields.LEVEL, "", renderer),
        "groups": [
            {
                "id": group.id,
                "label": renderer.reader.translate(group.label),
                "question": renderer.reader.translate(group.question),
                "levels": _levels(kind, row["groups"].get(group.id, {}), fields.GROUP_LEVEL, f"{group.id}:", renderer),
            }
            for group in record.groups
        ],
        "missing": _gaps(kind, row["missing"], fields.MISSING, renderer),
        "unknown": _gaps(kind, row["unknown"], fields.UNKNOWN, renderer),
        "concerns": _gaps(kind, row["concerns"], fields.CONCERN, renderer),
        "overdue": [
            {"what": what, "count": count, "list": renderer.list_url(kind, **{condition_query.OVERDUE: what})}
            for what, count in row["overdue"].items()
        ],
    }


def _levels(
    kind: str, counts: Mapping[Level, int], facet: str, prefix: str, renderer: _Renderer, **filters: str
) -> list[LevelCount]:
    return [
        {
            "level": level,
            "label": renderer.reader.translate(label),
            "count": counts.get(level, 0),
            "list": renderer.list_url(kind, **filters, **{facet: prefix + level}),
        }
        for level, label in LEVEL_LABELS.items()
    ]


def _gaps(kind: str, counts: Mapping[str, int], facet: str, renderer: _Renderer) -> list[GapCount]:
    standard = config.standard()
    return [
        {
            "id": name,
            "label": fields.facet_label(standard, facet, name, renderer.reader),
            "count": count,
            "list": renderer.list_url(kind, **{facet: name}),
        }
        for name, count in counts.items()
    ]


def _organization_rows(counts: Counts, renderer: _Renderer) -> list[OrganizationRow]:
    """Return the levels of the datasets of each organisation, sorted by title and not as a ranking."""
    rows = statistics.rows(config.standard(), counts.get("datasets", {}), "organization")

    def filters(name: str | None) -> dict[str, str]:
        return {"organization": name} if name else {condition_query.NO_ORGANIZATION: "true"}

    return [
        {
            "name": row["name"],
            "title": row["title"],
            "total": row["total"],
            "list": renderer.list_url(DATASET, organization=row["name"]) if row["name"] else None,
            "levels": _levels(DATASET, row["levels"], fields.LEVEL, "", renderer, **filters(row["name"])),
            "overdue": row["overdue"],
        }
        for row in sorted(rows, key=lambda row: (row["name"] is None, (row["title"] or "").casefold()))
    ]
