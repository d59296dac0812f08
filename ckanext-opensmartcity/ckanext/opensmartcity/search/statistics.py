"""Counts over any set of records as of one day: levels, groups, gaps, concerns, codes and overdue dates.

Each count consists of facets for Solr (`measures`, `summary`, `freshness`) and a function that parses the response
(`read_measures`, `read_summary`, `read_freshness`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, TypedDict

import ckan.plugins.toolkit as tk
from ckan.lib import search
from ckan.types import Context

from .. import config
from ..governance.model import catalogue
from ..governance.types import IndexLag
from ..standard import LEVELS, Standard, standard_digest
from ..standard.assessment import Level
from . import fields, solr_codes
from .facet_counts import Facets, among, is_down, number, terms, values
from .facet_counts import count as count_facets


def count_records(context: Context, query: Mapping[str, Any], facets: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facets of governed records; ValidationError if `q` or `fq` has a syntax error."""
    try:
        return count_facets(context, {**query, "fq_list": [governed(config.standard())]}, facets)
    except search.SearchError as error:
        raise query_error(query, error) from error


def query_error(query: Mapping[str, Any], error: Exception) -> Exception:
    """Return the exception to raise for a failed search: a ValidationError of the query, or Solr is unavailable."""
    if is_down(error):
        error = search.SolrConnectionError(str(error))
    elif parameter := next((name for name in ("fq", "q") if name in query), None):
        text = tk._("Invalid query. Use the syntax of package_search.")
        error = tk.ValidationError({parameter: [text]})
    return error


_TURNING = {"levels": fields.LEVEL, "groups": fields.GROUP_LEVEL, "missing": fields.MISSING, "concerns": fields.CONCERN}
_PHASES = ("", solr_codes.LATE, solr_codes.LATER)


def measures(today: date, within: Facets | None = None, turning: Iterable[str] = tuple(_TURNING)) -> dict[str, Any]:
    """Return the facets to request; each of their counts is broken down by the facets of `within`."""
    first, second = (solr_codes.turned(turn, today) for turn in solr_codes.TURNS)
    queries = (f"*:* NOT {first}", f"{first} NOT {second}", f"{first} AND {second}")
    phases = {
        f"phase{suffix}": among(query, {key: terms(_TURNING[key] + suffix, within) for key in turning})
        for suffix, query in zip(_PHASES, queries, strict=True)
    }
    return phases | {
        "unknown": terms(fields.UNKNOWN, within),
        "review": among(overdue_query("review", today), within),
        "disposal": among(overdue_query("disposal", today), within),
    }


def broken_down(answer: Mapping[str, Any], name: str) -> dict[Any, dict[str, Any]]:
    """Return the response for each value of a facet of `within`, in the shape that `read_measures` parses."""
    rows: dict[Any, dict[str, Any]] = {value: {"count": count} for value, count in _spread(answer, name)}
    for phase in (f"phase{suffix}" for suffix in _PHASES):
        for key in _TURNING:
            for value, bucket in _buckets(answer.get(phase, {}), key, name):
                _bucket_list(rows[value].setdefault(phase, {}), key).append(bucket)
    for value, bucket in _buckets(answer, "unknown", name):
        _bucket_list(rows[value], "unknown").append(bucket)
    for deadline in ("review", "disposal"):
        for value, count in _spread(answer.get(deadline, {}), name):
            rows[value][deadline] = {"count": count}
    return rows


def _spread(bucket: Mapping[str, Any], name: str) -> Iterator[tuple[Any, int]]:
    """Yield each value with its count; records without a value are counted under None."""
    yield from values(bucket, name)
    if missing := bucket.get(name, {}).get("missing", {}).get("count"):
        yield None, missing


def _buckets(answer: Mapping[str, Any], key: str, name: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    for bucket in answer.get(key, {}).get("buckets", ()):
        for value, count in _spread(bucket, name):
            yield value, {"val": bucket["val"], "count": count}


def _bucket_list(answer: dict[str, Any], key: str) -> list[dict[str, Any]]:
    buckets: list[dict[str, Any]] = answer.setdefault(key, {"buckets": []})["buckets"]
    return buckets


def overdue_query(what: str, today: date) -> str:
    """Return the query for records whose review or disposal was due before today."""
    field = {"review": fields.REVIEW_DATE, "disposal": fields.RETENTION_DATE}[what]
    return f"{field}:[* TO {solr_codes.solr_day(today)}}}"


class OverdueCounts(TypedDict):
    """Number of records whose review or disposal was due before today."""

    review: int
    disposal: int


class CountsDict(TypedDict):
    """Number of records by level, by level in each group, by gap, by concern and by overdue date."""

    levels: dict[Level, int]
    groups: dict[str, dict[Level, int]]
    missing: dict[str, int]
    unknown: dict[str, int]
    concerns: dict[str, int]
    overdue: OverdueCounts


class StatsRow(CountsDict):
    """Counts for one value of a dimension; `name` is null for records without a value."""

    name: str | None
    title: str | None
    total: int


def read_measures(standard: Standard, answer: Mapping[str, Any]) -> CountsDict:
    """Parse the response to the facets of `measures`, by code."""
    phases = [answer.get(f"phase{suffix}", {}) for suffix in _PHASES]
    turning = {key: sum((Counter(dict(values(phase, key))) for phase in phases), Counter()) for key in _TURNING}
    levels = _decoded(turning["levels"])
    return {
        "levels": {level: levels.get(level, 0) for level in LEVELS},
        "groups": _groups(standard, _decoded(turning["groups"])),
        "missing": _ordered(_decoded(turning["missing"])),
        "unknown": _ordered(_decoded(dict(values(answer, "unknown")))),
        "concerns": _ordered(turning["concerns"]),
        "overdue": {"review": number(answer, "review"), "disposal": number(answer, "disposal")},
    }


def _decoded(counts: Mapping[str, int]) -> dict[str, int]:
    return {solr_codes.decode(code): count for code, count in counts.items()}


def _groups(standard: Standard, counts: Mapping[str, int]) -> dict[str, dict[Level, int]]:
    """Return the number of records at each level by group, in the order of the standard, without empty groups."""
    ids = dict.fromkeys(group.id for record in standard.records.values() for group in record.groups)
    by_group: dict[str, dict[Level, int]] = {}
    for id in ids:
        by_group[id] = {level: counts.get(f"{id}:{level}", 0) for level in LEVELS}
    return {id: levels for id, levels in by_group.items() if any(levels.values())}


def _ordered(counts: Mapping[str, int]) -> dict[str, int]:
    """Sort by descending count, then by name, so that the order is deterministic."""
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


_DIMENSIONS: Mapping[str, str] = {"organization": "organization", "group": "groups", "type": "dataset_type"}
_TITLED = ("organization", "group")


def governed(standard: Standard) -> str:
    """Return the filter for records of the types that the standard covers."""
    return f"+dataset_type:({' OR '.join(sorted(standard.records))})"


def dimension(standard: Standard, name: str) -> str:
    """Return the index field of a dimension; KeyError if there is no such dimension."""
    field = fields.PREFIX + name
    return field if field in fields.coded_fields(standard) else _DIMENSIONS[name]


def dimensions(standard: Standard) -> list[str]:
    """Return the names of all dimensions by which records can be counted."""
    return [*_DIMENSIONS, *(name.removeprefix(fields.PREFIX) for name in fields.coded_fields(standard))]


def summary(standard: Standard, today: date, by: Iterable[str]) -> dict[str, Any]:
    """Return the facets of a summary, broken down by some dimensions."""
    coded = {f"code {name}": terms(name) for name in fields.coded_fields(standard)}
    rows = within(standard, by)
    return {**measures(today, rows), **coded, **rows, "types": terms("dataset_type"), **freshness(standard)}


def within(standard: Standard, by: Iterable[str]) -> dict[str, Any]:
    """Return the facets that break counts down by some dimensions."""
    return {f"by {name}": terms(dimension(standard, name), missing=True) for name in by}


def read_summary(standard: Standard, answer: Mapping[str, Any], by: Collection[str]) -> dict[str, Any]:
    """Parse the response to the facets of `summary`."""
    coded = fields.coded_fields(standard)
    codes = {name: {solr_codes.decode(code): n for code, n in values(answer, f"code {name}")} for name in coded}
    return {
        "total": answer["count"],
        "types": {name: dict(values(answer, "types")).get(name, 0) for name in standard.records},
        **read_measures(standard, answer),
        "codes": {name.removeprefix(fields.PREFIX): counts for name, counts in codes.items() if counts},
        "by": {name: rows(standard, answer, name) for name in by},
        "index_lag": read_freshness(standard, answer),
    }


def head(standard: Standard, today: date) -> dict[str, Any]:
    """Return the date and the version of the standard, which make the counts citable."""
    version = {"version": standard.version, "digest": standard_digest(standard)}
    return {"as_of": today.isoformat(), "standard": version}


def rows(standard: Standard, answer: Mapping[str, Any], by: str) -> list[StatsRow]:
    """Return the measures for each value of a dimension; those of records without a value last, with name None."""
    by_value = broken_down(answer, f"by {by}")
    decode = solr_codes.decode if solr_codes.is_encoded(standard, dimension(standard, by)) else str
    named = {decode(value): row for value, row in by_value.items() if value is not None}
    titles = catalogue.titles(named) if by in _TITLED else {}
    ordered: list[tuple[str | None, Mapping[str, Any]]] = [*sorted(named.items())]
    if None in by_value:
        ordered.append((None, by_value[None]))
    return [
        {
            "name": name,
            "title": name and titles.get(name, name),
            "total": row["count"],
            **read_measures(standard, row),
        }
        for name, row in ordered
    ]


def freshness(standard: Standard) -> dict[str, Any]:
    """Return the facets that tell whether the index agrees with the database and with the present rules."""
    public = f'+site_id:"{tk.config["ckan.site_id"]}" +state:active +capacity:public {governed(standard)}'
    marked = f'{fields.MARK}:"{solr_codes.mark(standard, config.settings())}"'
    checksum = {"prints": f"sum(mod(ms(metadata_modified),{catalogue.MODULUS}))"}
    return {"marked": among(marked), "everywhere": among("*:*", checksum, domain={"query": public})}


def read_freshness(standard: Standard, answer: Mapping[str, Any]) -> IndexLag:
    """Return the index lag: public records that are not indexed, and records assessed by former rules or options."""
    total, checksum = catalogue.public_records(standard.records)
    behind = total - number(answer, "everywhere")
    stale = checksum != round(answer.get("everywhere", {}).get("prints", 0))
    outdated = answer["count"] - number(answer, "marked")
    message: str | None = None
    if outdated:
        text = tk.ungettext(
            "{n} record was counted by former rules. An administrator should rebuild the search index.",
            "{n} records were counted by former rules. An administrator should rebuild the search index.",
            outdated,
        )
        message = str(text).format(n=outdated)
    elif behind:
        message = str(tk._("The search index lags behind. These numbers can be off by {n}.")).format(n=abs(behind))
    elif stale:
        message = str(tk._("The search index does not have the latest version of some records."))
    return {"records": behind, "stale": stale, "outdated": outdated, "message": message}
