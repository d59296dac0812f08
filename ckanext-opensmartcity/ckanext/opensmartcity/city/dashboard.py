"""The figures of the city: five characteristics, levels by group and organisation, what is missing and overdue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import ckan.plugins.toolkit as tk

from .. import config, feature
from ..feature import Number, Share
from ..search import condition_query, encoding, fields, statistics
from ..search.facet_counts import among, number
from ..search.statistics import measures, read_measures
from ..standard import Characteristic, Indicator, Language, PortalIndicator
from ..standard.countries import territory_name
from ..standard.display import LEVEL_LABELS

Answer = Mapping[str, Any]


class _Saying(NamedTuple):
    """How to say things: in which language, and with which addresses."""

    reader: Language
    address: Callable[..., str]


def questions() -> dict[str, Any]:
    """Return all that the city page asks of the index."""
    standard, today = config.standard(), config.settings().day
    types, organizations = statistics.within(standard, ["type"]), statistics.within(standard, ["organization"])
    levels = measures(today, organizations, turning=["levels"])
    return {
        **statistics.freshness(standard),
        **measures(today, types),
        **types,
        "datasets": among("dataset_type:dataset", {**levels, **organizations}),
        **{f"figure {figure.id}": _counted(figure) for figure in _figures()},
    }


def _figures() -> list[Indicator]:
    """Return the figures that this portal can compute: some need to know where home is."""
    home = config.settings().home
    return [figure for figure in config.indicators().counted.values() if home or not figure.needs_home]


def _counted(figure: Indicator) -> dict[str, Any]:
    standard, today = config.standard(), config.settings().day
    of, right, _ = (encoding.rewrite(query, standard, today) for query in condition_query.queries(figure))
    return among(of, {"right": among(right)})


def answers(answer: Answer, reader: Language) -> dict[str, Any]:
    """Return what the index answered, in the reader's language, with the list behind each number."""
    standard, settings, say = config.standard(), config.settings(), _Saying(reader, condition_query.addresses())
    others = feature.indicators()
    return {
        **statistics.head(standard, settings.day),
        "city": tk.config["ckan.site_title"],
        "home": settings.home and {"code": settings.home, "name": territory_name(settings.home, say.reader.locale)},
        "total": answer["count"],
        "characteristics": [_characteristic(each, answer, others, say) for each in config.indicators().characteristics],
        **feature.city_content(),
        "records": _records(answer, say),
        "organizations": _organization_rows(answer, say),
        "index_lag": statistics.read_freshness(standard, answer),
    }


def _characteristic(
    each: Characteristic, answer: Answer, others: Mapping[str, Share | Number], say: _Saying
) -> dict[str, Any]:
    figures, known = config.indicators().of(each), {figure.id for figure in _figures()}
    counted = [
        (figure, others[figure.source])
        for figure in config.indicators().portal_indicators_of(each)
        if figure.source in others
    ]
    return {
        "id": each.id,
        "label": say.reader.translate(each.label),
        "question": say.reader.translate(each.question),
        "figures": [
            *(_figure(figure, answer, say) for figure in figures if figure.id in known),
            *(_share(figure, share, say) for figure, share in counted if isinstance(share, Share)),
        ],
        "numbers": [_number(figure, value, say) for figure, value in counted if isinstance(value, Number)],
        "left_out": [_text(figure, say) for figure in figures if figure.id not in known],
    }


def _share(figure: PortalIndicator, share: Share, say: _Saying) -> dict[str, Any]:
    asked = {"filter": None, "rest": share.of - share.count, "rest_filter": None}
    return {**_text(figure, say), **vars(share), **asked}


def _number(figure: PortalIndicator, number: Number, say: _Saying) -> dict[str, Any]:
    unit = number.unit and say.reader.translate(number.unit[number.value != 1])
    return {**_text(figure, say), **vars(number), "unit": unit}


def _text(figure: Indicator | PortalIndicator, say: _Saying) -> dict[str, Any]:
    return {
        "id": figure.id,
        "title": say.reader.translate(figure.title),
        "definition": say.reader.translate(figure.definition),
        "records": figure.records,
    }


def _figure(figure: Indicator, answer: Answer, say: _Saying) -> dict[str, Any]:
    found = answer.get(f"figure {figure.id}", {})
    of, count = found.get("count", 0), number(found, "right")
    _, right, rest = condition_query.queries(figure)
    return {
        **_text(figure, say),
        "count": count,
        "of": of,
        "list": say.address(figure.records, **{condition_query.FIGURE: figure.id}),
        "filter": right,
        "rest": of - count,
        "rest_list": say.address(figure.records, **{condition_query.REST: figure.id}),
        "rest_filter": rest,
    }


def _records(answer: Answer, say: _Saying) -> list[dict[str, Any]]:
    """Return the measures of each kind of record, with words and lists."""
    standard = config.standard()
    found = {row["name"]: row for row in statistics.rows(standard, answer, "type")}
    empty = {"total": 0, **read_measures(standard, {})}
    return [_described(kind, found.get(kind, empty), say) for kind in standard.records]


def _described(kind: str, row: Mapping[str, Any], say: _Saying) -> dict[str, Any]:
    record = config.standard().records[kind]
    return {
        "type": kind,
        "total": row["total"],
        "list": say.address(kind),
        "levels": _levels(kind, row["levels"], fields.LEVEL, "", say),
        "groups": [
            {
                "id": group.id,
                "label": say.reader.translate(group.label),
                "question": say.reader.translate(group.question),
                "levels": _levels(kind, row["groups"].get(group.id, {}), fields.GROUP_LEVEL, f"{group.id}:", say),
            }
            for group in record.groups
        ],
        "missing": _gaps(kind, row["missing"], fields.MISSING, say),
        "unknown": _gaps(kind, row["unknown"], fields.UNKNOWN, say),
        "concerns": _gaps(kind, row["concerns"], fields.CONCERN, say),
        "overdue": [
            {"what": what, "count": count, "list": say.address(kind, **{condition_query.OVERDUE: what})}
            for what, count in row["overdue"].items()
        ],
    }


def _levels(
    kind: str, counts: Mapping[str, int], facet: str, prefix: str, say: _Saying, **more: str
) -> list[dict[str, Any]]:
    return [
        {
            "level": level,
            "label": say.reader.translate(label),
            "count": counts.get(level, 0),
            "list": say.address(kind, **more, **{facet: prefix + level}),
        }
        for level, label in LEVEL_LABELS.items()
    ]


def _gaps(kind: str, counts: Mapping[str, int], facet: str, say: _Saying) -> list[dict[str, Any]]:
    standard = config.standard()
    return [
        {
            "id": name,
            "label": fields.facet_label(standard, facet, name, say.reader),
            "count": count,
            "list": say.address(kind, **{facet: name}),
        }
        for name, count in counts.items()
    ]


def _organization_rows(answer: Answer, say: _Saying) -> list[dict[str, Any]]:
    """Return the levels of the datasets of each organisation, by title: an order, not a ranking."""
    rows = statistics.rows(config.standard(), answer.get("datasets", {}), "organization")
    return [
        {
            "name": row["name"],
            "title": row["title"],
            "total": row["total"],
            "list": say.address("dataset", organization=row["name"]) if row["name"] else None,
            "levels": _levels("dataset", row["levels"], fields.LEVEL, "", say, organization=row["name"] or ""),
            "overdue": row["overdue"],
        }
        for row in sorted(rows, key=lambda row: (row["name"] is None, (row["title"] or "").casefold()))
    ]
