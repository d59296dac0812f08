"""Counts over any set of records as of one day: levels, groups, gaps, concerns, codes and overdue dates.

Each count consists of facets for Solr (`measures`, `summary`, `freshness`) and a function that parses the response
(`read_measures`, `read_summary`, `read_freshness`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
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
from . import fields
from .facet_counts import Facets, among, is_down, number, terms, values
from .facet_counts import count as count_facets
from .facet_fields import buckets, indexed_facets, requests
from .index_format import mark
from .turns import solr_day


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


# Facets of the measures, by the key of their counts.
_MEASURED = {
    "levels": fields.LEVEL,
    "groups": fields.GROUP_LEVEL,
    "missing": fields.MISSING,
    "unknown": fields.UNKNOWN,
    "concerns": fields.CONCERN,
}
_DEADLINES = ("review", "disposal")


def measures(today: date, within: Facets | None = None, measured: Iterable[str] = tuple(_MEASURED)) -> dict[str, Any]:
    """Return the facets to request; each of their counts is broken down by the facets of `within`."""
    facets = indexed_facets(config.standard())
    overdue = {deadline: among(overdue_query(deadline, today), within) for deadline in _DEADLINES}
    return requests([facets[_MEASURED[key]] for key in measured], today, within) | overdue


def overdue_query(what: str, today: date) -> str:
    """Return the query for records whose review or disposal was due before today."""
    field = {"review": fields.REVIEW_DATE, "disposal": fields.RETENTION_DATE}[what]
    return f"{field}:[* TO {solr_day(today)}}}"


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


@dataclass
class Measures:
    """Counts of a set of records: its total, and the counts of each facet of the measures by key."""

    total: int = 0
    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, other: Measures) -> None:
        """Add the counts of other records."""
        self.total += other.total
        for key, counts in other.counts.items():
            self.counts[key].update(counts)

    def render(self, standard: Standard) -> CountsDict:
        """Return the measures by code."""
        counts = self.counts
        return {
            "levels": {level: counts["levels"][level] for level in LEVELS},
            "groups": _groups(standard, counts["groups"]),
            "missing": _ordered(counts["missing"]),
            "unknown": _ordered(counts["unknown"]),
            "concerns": _ordered(counts["concerns"]),
            "overdue": {"review": counts["overdue"]["review"], "disposal": counts["overdue"]["disposal"]},
        }


def read_measures(standard: Standard, answer: Mapping[str, Any]) -> CountsDict:
    """Parse the response to the facets of `measures`, by code."""
    result = Measures()
    for key, value, bucket in _counted(standard, answer):
        result.counts[key][value] += bucket.get("count", 0)
    return result.render(standard)


def broken_down(standard: Standard, answer: Mapping[str, Any], by: str) -> dict[str | None, Measures]:
    """Return the measures of the records with each value of a dimension; None for those without a value."""
    result: dict[str | None, Measures] = defaultdict(Measures)
    for value, count in _spread(standard, answer, by):
        result[value].total += count
    for key, counted, bucket in _counted(standard, answer):
        for value, count in _spread(standard, bucket, by):
            result[value].counts[key][counted] += count
    return result


def of_record_types(standard: Standard, answer: Mapping[str, Any]) -> dict[str, Measures]:
    """Return the measures of the records of each record type, over all dataset types of it."""
    result = {kind: Measures() for kind in standard.records}
    for name, counted in broken_down(standard, answer, "type").items():
        if record := standard.types.get(name or ""):
            result[record.type].add(counted)
    return result


def _counted(standard: Standard, answer: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield (key, value, bucket) for each count in the response to `measures`."""
    facets = indexed_facets(standard)
    for key, name in _MEASURED.items():
        yield from ((key, value, bucket) for value, bucket in buckets(facets[name], answer))
    yield from (("overdue", deadline, answer.get(deadline, {})) for deadline in _DEADLINES)


def _spread(standard: Standard, bucket: Mapping[str, Any], by: str) -> Iterator[tuple[str | None, int]]:
    """Yield each value of a dimension with a count; records without a value are counted under None."""
    facet = indexed_facets(standard).get(fields.PREFIX + by)
    for term, count in values(bucket, f"by {by}"):
        for value in facet.values_in(facet.fields[0], term) if facet else (term,):
            yield value, count
    if missing := bucket.get(f"by {by}", {}).get("missing", {}).get("count"):
        yield None, missing


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
    return f"+dataset_type:({' OR '.join(sorted(standard.types))})"


def dimension(standard: Standard, name: str) -> str:
    """Return the index field of a dimension; KeyError if there is no such dimension."""
    facet = fields.PREFIX + name
    return indexed_facets(standard)[facet].fields[0] if facet in fields.coded_fields(standard) else _DIMENSIONS[name]


def dimensions(standard: Standard) -> list[str]:
    """Return the names of all dimensions by which records can be counted."""
    return [*_DIMENSIONS, *(name.removeprefix(fields.PREFIX) for name in fields.coded_fields(standard))]


def summary(standard: Standard, today: date, by: Iterable[str]) -> dict[str, Any]:
    """Return the facets of a summary, broken down by some dimensions."""
    facets, rows = indexed_facets(standard), within(standard, by)
    # In a facet of their own: codes are not broken down, and the keys of both are the same.
    codes = among("*:*", requests([facets[name] for name in fields.coded_fields(standard)], today))
    return {**measures(today, rows), "codes": codes, **rows, "types": terms("dataset_type"), **freshness(standard)}


def within(standard: Standard, by: Iterable[str]) -> dict[str, Any]:
    """Return the facets that break counts down by some dimensions."""
    return {f"by {name}": terms(dimension(standard, name), missing=True) for name in by}


def read_summary(standard: Standard, answer: Mapping[str, Any], by: Collection[str]) -> dict[str, Any]:
    """Parse the response to the facets of `summary`."""
    codes: dict[str, Counter[str]] = {name: Counter() for name in fields.coded_fields(standard)}
    for name, counts in codes.items():
        for value, bucket in buckets(indexed_facets(standard)[name], answer.get("codes", {})):
            counts[value] += bucket["count"]
    return {
        "total": answer["count"],
        "types": {name: dict(values(answer, "types")).get(name, 0) for name in standard.types},
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
    by_value = broken_down(standard, answer, by)
    named = {value: row for value, row in by_value.items() if value is not None}
    titles = catalogue.titles(named) if by in _TITLED else {}
    ordered: list[tuple[str | None, Measures]] = [*sorted(named.items())]
    if None in by_value:
        ordered.append((None, by_value[None]))
    return [
        {
            "name": name,
            "title": name and titles.get(name, name),
            "total": row.total,
            **row.render(standard),
        }
        for name, row in ordered
    ]


def freshness(standard: Standard) -> dict[str, Any]:
    """Return the facets that tell whether the index agrees with the database and with the present rules."""
    public = f'+site_id:"{tk.config["ckan.site_id"]}" +state:active +capacity:public {governed(standard)}'
    marked = f'{fields.MARK}:"{mark(standard, config.settings())}"'
    checksum = {"prints": f"sum(mod(ms(metadata_modified),{catalogue.MODULUS}))"}
    return {"marked": among(marked), "everywhere": among("*:*", checksum, domain={"query": public})}


def read_freshness(standard: Standard, answer: Mapping[str, Any]) -> IndexLag:
    """Return the index lag: public records that are not indexed, and records assessed by former rules or options."""
    behind, stale, outdated = index_lag(standard, answer)
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


def index_lag(standard: Standard, answer: Mapping[str, Any]) -> tuple[int, bool, int]:
    """Compare the response to `freshness` with the database.

    Return the number of public records that are not indexed, whether some are indexed in an earlier version, and the
    number of records that were assessed by former rules.
    """
    total, checksum = catalogue.public_records(standard.types)
    stale = checksum != round(answer.get("everywhere", {}).get("prints", 0))
    return total - number(answer, "everywhere"), stale, answer["count"] - number(answer, "marked")
