"""The numbers of the catalogue: what to ask of the index for a summary, and how the answer reads."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

import ckan.plugins.toolkit as tk

from .. import config
from ..model import catalogue
from ..standard import Standard, standard_digest
from . import facets, solr
from .counting import among, number, terms, values
from .measures import broken_down, measures, read_measures

_DIMENSIONS: Mapping[str, str] = {"organization": "organization", "group": "groups", "type": "dataset_type"}
_TITLED = ("organization", "group")


def governed(standard: Standard) -> str:
    """Return the filter for the records that the standard knows."""
    return f"+dataset_type:({' OR '.join(sorted(standard.records))})"


def dimension(standard: Standard, name: str) -> str:
    """Return the field of the index by whose values to count; KeyError where there is none of that name."""
    field = facets.PREFIX + name
    return field if field in facets.coded_fields(standard) else _DIMENSIONS[name]


def dimensions(standard: Standard) -> list[str]:
    """Return everything by which can be counted."""
    return [*_DIMENSIONS, *(name.removeprefix(facets.PREFIX) for name in facets.coded_fields(standard))]


def summary(standard: Standard, today: date, by: Iterable[str]) -> dict[str, Any]:
    """Return the facets of a whole summary."""
    coded = {f"code {name}": terms(name) for name in facets.coded_fields(standard)}
    rows = within(standard, by)
    return {**measures(today, rows), **coded, **rows, "types": terms("dataset_type"), **freshness(standard)}


def within(standard: Standard, by: Iterable[str]) -> dict[str, Any]:
    """Return the facets by which to break counts down."""
    return {f"by {name}": terms(dimension(standard, name), missing=True) for name in by}


def read_summary(standard: Standard, answer: Mapping[str, Any], by: Collection[str]) -> dict[str, Any]:
    """Return what the index answered to the facets of a summary."""
    return {
        "total": answer["count"],
        "types": {name: dict(values(answer, "types")).get(name, 0) for name in standard.records},
        **read_measures(standard, answer),
        "codes": _codes(standard, answer),
        "by": {name: rows(standard, answer, name) for name in by},
        "index_lag": read_freshness(standard, answer),
    }


def head(standard: Standard, today: date) -> dict[str, Any]:
    """Return what makes a number citable: the day, and the standard by which was counted."""
    version = {"version": standard.version, "digest": standard_digest(standard)}
    return {"as_of": today.isoformat(), "standard": version}


def _codes(standard: Standard, answer: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    named = facets.coded_fields(standard)
    found = {name: {solr.decode(code): n for code, n in values(answer, f"code {name}")} for name in named}
    return {name.removeprefix(facets.PREFIX): counts for name, counts in found.items() if counts}


def rows(standard: Standard, answer: Mapping[str, Any], by: str) -> list[dict[str, Any]]:
    """Return the measures of each value of a dimension; those of records without one under no name."""
    found = broken_down(answer, f"by {by}")
    named = {_name(standard, by, value): row for value, row in found.items() if value is not None}
    titled = catalogue.titles(named) if by in _TITLED else {}
    ordered: list[tuple[str | None, Mapping[str, Any]]] = [*sorted(named.items())]
    if None in found:
        ordered.append((None, found[None]))
    return [
        {
            "name": name,
            "title": name and titled.get(name, name),
            "total": row["count"],
            **read_measures(standard, row),
        }
        for name, row in ordered
    ]


def _name(standard: Standard, by: str, value: str) -> str:
    return solr.decode(value) if solr.is_encoded(standard, dimension(standard, by)) else value


def freshness(standard: Standard) -> dict[str, Any]:
    """Return the facets that tell whether the index is as the database and the rules of today."""
    everywhere = f'+site_id:"{tk.config["ckan.site_id"]}" +state:active +capacity:public {governed(standard)}'
    marked = f'{facets.MARK}:"{solr.mark(standard, config.settings())}"'
    prints = {"prints": f"sum(mod(ms(metadata_modified),{catalogue.MODULUS}))"}
    return {"marked": among(marked), "everywhere": among("*:*", prints, domain={"query": everywhere})}


def read_freshness(standard: Standard, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Say how many public records wait for the index, and how many were assessed by rules or options of before."""
    there, prints = catalogue.public_records(standard.records)
    behind = there - number(answer, "everywhere")
    stale = prints != round(answer.get("everywhere", {}).get("prints", 0))
    outdated = answer["count"] - number(answer, "marked")
    words = _lag_in_words(behind, outdated, stale)
    return {"records": behind, "stale": stale, "outdated": outdated, "message": words}


def _lag_in_words(behind: int, outdated: int, stale: bool) -> str | None:
    if outdated:
        text = tk.ungettext(
            "{n} record was counted by rules of before. An administrator should rebuild the search index.",
            "{n} records were counted by rules of before. An administrator should rebuild the search index.",
            outdated,
        )
        return str(text).format(n=outdated)
    if behind:
        return str(tk._("The search index lags behind, so that these numbers can be off by {n}.")).format(n=abs(behind))
    if stale:
        return str(tk._("The search index holds some records as they were before their last change."))
    return None
