"""The figures of the city: five characteristics, levels by group and organisation, what is missing and overdue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk

from .. import config
from ..standard import Characteristic, Figure, Language
from ..standard.countries import territory_name
from ..standard.levels import LEVEL_LABELS
from . import facets, lists, solr, stats
from .counting import among, number, terms
from .measures import measures, read_measures

Answer = Mapping[str, Any]


def questions() -> dict[str, Any]:
    """Return all that the city page asks of the index."""
    standard, today = config.standard(), config.settings().day
    return {
        **stats.freshness(standard),
        "by type": terms("dataset_type", measures(today)),
        "datasets": among("dataset_type:dataset", {"by organization": _organizations()}),
        **{f"figure {figure.id}": _counted(figure) for figure in _figures()},
    }


def _organizations() -> dict[str, Any]:
    return terms("organization", measures(config.settings().day), missing=True)


def _figures() -> list[Figure]:
    """Return the figures that this portal can compute: some need to know where home is."""
    home = config.settings().home
    return [figure for figure in config.figures().figures.values() if home or not figure.needs_home]


def _counted(figure: Figure) -> dict[str, Any]:
    standard, today = config.standard(), config.settings().day
    of, right, _ = (solr.rewrite(query, standard, today) for query in lists.queries(figure))
    return among(of, {"right": among(right)})


def answers(answer: Answer, reader: Language) -> dict[str, Any]:
    """Return what the index answered, in the reader's language, with the list behind each number."""
    standard, settings = config.standard(), config.settings()
    return {
        **stats.head(standard, settings.day),
        "city": tk.config["ckan.site_title"],
        "home": settings.home and {"code": settings.home, "name": territory_name(settings.home, reader.locale)},
        "total": answer["count"],
        "characteristics": [_characteristic(each, answer, reader) for each in config.figures().characteristics],
        "records": _records(answer, reader),
        "organizations": _organization_rows(answer, reader),
        "index_lag": stats.read_freshness(standard, answer),
    }


def _characteristic(each: Characteristic, answer: Answer, reader: Language) -> dict[str, Any]:
    figures, known = config.figures().of(each), {figure.id for figure in _figures()}
    return {
        "id": each.id,
        "label": reader.translate(each.label),
        "question": reader.translate(each.question),
        "figures": [_figure(figure, answer, reader) for figure in figures if figure.id in known],
        "left_out": [_text(figure, reader) for figure in figures if figure.id not in known],
    }


def _text(figure: Figure, reader: Language) -> dict[str, Any]:
    return {
        "id": figure.id,
        "title": reader.translate(figure.title),
        "definition": reader.translate(figure.definition),
        "records": figure.records,
    }


def _figure(figure: Figure, answer: Answer, reader: Language) -> dict[str, Any]:
    found = answer.get(f"figure {figure.id}", {})
    of, count = found.get("count", 0), number(found, "right")
    _, right, rest = lists.queries(figure)
    return {
        **_text(figure, reader),
        "count": count,
        "of": of,
        "list": lists.list_address(figure.records, **{lists.FIGURE: figure.id}),
        "filter": right,
        "rest": of - count,
        "rest_list": lists.list_address(figure.records, **{lists.REST: figure.id}),
        "rest_filter": rest,
    }


def _records(answer: Answer, reader: Language) -> list[dict[str, Any]]:
    """Return the measures of each kind of record, with words and lists."""
    standard = config.standard()
    found = {row["name"]: row for row in stats.rows(standard, answer, "type")}
    empty = {"total": 0, **read_measures(standard, {})}
    return [_described(kind, found.get(kind, empty), reader) for kind in standard.records]


def _described(kind: str, row: Mapping[str, Any], reader: Language) -> dict[str, Any]:
    record = config.standard().records[kind]
    return {
        "type": kind,
        "total": row["total"],
        "list": lists.list_address(kind),
        "levels": _levels(kind, row["levels"], facets.LEVEL, "", reader),
        "groups": [
            {
                "id": group.id,
                "label": reader.translate(group.label),
                "question": reader.translate(group.question),
                "levels": _levels(kind, row["groups"].get(group.id, {}), facets.GROUP_LEVEL, f"{group.id}:", reader),
            }
            for group in record.groups
        ],
        "missing": _gaps(kind, row["missing"], facets.MISSING, reader),
        "unknown": _gaps(kind, row["unknown"], facets.UNKNOWN, reader),
        "concerns": _gaps(kind, row["concerns"], facets.CONCERN, reader),
        "overdue": [
            {"what": what, "count": count, "list": lists.list_address(kind, **{lists.OVERDUE: what})}
            for what, count in row["overdue"].items()
        ],
    }


def _levels(
    kind: str, counts: Mapping[str, int], facet: str, prefix: str, reader: Language, **more: str
) -> list[dict[str, Any]]:
    return [
        {
            "level": level,
            "label": reader.translate(label),
            "count": counts.get(level, 0),
            "list": lists.list_address(kind, **more, **{facet: prefix + level}),
        }
        for level, label in LEVEL_LABELS.items()
    ]


def _gaps(kind: str, counts: Mapping[str, int], facet: str, reader: Language) -> list[dict[str, Any]]:
    standard = config.standard()
    return [
        {
            "id": name,
            "label": facets.facet_label(standard, facet, name, reader),
            "count": count,
            "list": lists.list_address(kind, **{facet: name}),
        }
        for name, count in counts.items()
    ]


def _organization_rows(answer: Answer, reader: Language) -> list[dict[str, Any]]:
    """Return the levels of the datasets of each organisation, by title: an order, not a ranking."""
    rows = stats.rows(config.standard(), answer.get("datasets", {}), "organization")
    return [
        {
            "name": row["name"],
            "title": row["title"],
            "total": row["total"],
            "list": lists.list_address("dataset", organization=row["name"]) if row["name"] else None,
            "levels": _levels("dataset", row["levels"], facets.LEVEL, "", reader, organization=row["name"] or ""),
            "overdue": row["overdue"],
        }
        for row in sorted(rows, key=lambda row: (row["name"] is None, (row["title"] or "").casefold()))
    ]
