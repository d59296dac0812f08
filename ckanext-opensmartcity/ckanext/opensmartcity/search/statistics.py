"""The action that lists: every record that you may see, as the standard judges it, page by page."""
# MERGED What callers of actions may give, and how they hear of what they may not.
# MERGED What is counted of any set of records: levels, groups, gaps, concerns and what is overdue, all as of one day.

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib import search
from ckan.types import Context

from .. import config
from ..governance.model import catalogue
from ..standard import LEVELS, Standard, standard_digest
from . import encoding, fields
from .facet_counts import Facets, among, is_down, number, terms, values
from .facet_counts import count as count_facets


def count_records(context: Context, asked: Mapping[str, Any], facets: Mapping[str, Any]) -> dict[str, Any]:
    """Count governed records; filters that the index does not understand are named as such."""
    try:
        return count_facets(context, {**asked, "fq_list": [governed(config.standard())]}, facets)
    except search.SearchError as problem:
        raise not_understood(asked, problem) from problem


def not_understood(asked: Mapping[str, Any], problem: Exception) -> Exception:
    """Return what to raise where a search failed: a refusal that names the query, or that the search is down."""
    wrong = next((name for name in ("fq", "q") if name in asked), None)
    found = problem
    if is_down(problem):
        found = search.SolrConnectionError(str(problem))
    elif wrong:
        text = tk._("The search does not understand this. Write it as for package_search.")
        found = tk.ValidationError({wrong: [text]})
    return found


_TURNING = {"levels": fields.LEVEL, "groups": fields.GROUP_LEVEL, "missing": fields.MISSING, "concerns": fields.CONCERN}
_PHASES = ("", encoding.LATE, encoding.LATER)


def measures(today: date, within: Facets | None = None, turning: Iterable[str] = tuple(_TURNING)) -> dict[str, Any]:
    """Return the facets to ask for; each of their counts is broken down by the facets of `within`."""
    first, second = (encoding.turned(turn, today) for turn in encoding.TURNS)
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
    """Return for each value of a facet of `within` the answer as if only its records had been asked about."""
    rows: dict[Any, dict[str, Any]] = {value: {"count": count} for value, count in _spread(answer, name)}
    for phase in (f"phase{suffix}" for suffix in _PHASES):
        for key in _TURNING:
            for value, bucket in _buckets(answer.get(phase, {}), key, name):
                _bucket_list(rows[value].setdefault(phase, {}), key).append(bucket)
    for value, bucket in _buckets(answer, "unknown", name):
        _bucket_list(rows[value], "unknown").append(bucket)
    for what in ("review", "disposal"):
        for value, count in _spread(answer.get(what, {}), name):
            rows[value][what] = {"count": count}
    return rows


def _spread(bucket: Mapping[str, Any], name: str) -> Iterator[tuple[Any, int]]:
    """Yield each value and its count; the records without one under None."""
    yield from values(bucket, name)
    if missing := bucket.get(name, {}).get("missing", {}).get("count"):
        yield None, missing


def _buckets(answer: Mapping[str, Any], key: str, name: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    for bucket in answer.get(key, {}).get("buckets", ()):
        for value, count in _spread(bucket, name):
            yield value, {"val": bucket["val"], "count": count}


def _bucket_list(answer: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer.setdefault(key, {"buckets": []})["buckets"]
    return found


def overdue_query(what: str, today: date) -> str:
    """Return the query for records whose review or disposal should have been before today."""
    field = {"review": fields.REVIEW_DATE, "disposal": fields.RETENTION_DATE}[what]
    return f"{field}:[* TO {encoding.solr_day(today)}}}"


def read_measures(standard: Standard, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the index answered, in codes."""
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
    return {encoding.decode(code): count for code, count in counts.items()}


def _groups(standard: Standard, counts: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Return the levels of each group of questions of which at least one record is there, in the standard's order."""
    known = dict.fromkeys(group.id for record in standard.records.values() for group in record.groups)
    found: dict[str, dict[str, int]] = {}
    for group in known:
        found[group] = {level: counts.get(f"{group}:{level}", 0) for level in LEVELS}
    return {group: levels for group, levels in found.items() if any(levels.values())}


def _ordered(counts: Mapping[str, int]) -> dict[str, int]:
    """Put what is most frequent first; the same order on every portal and day."""
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


_DIMENSIONS: Mapping[str, str] = {"organization": "organization", "group": "groups", "type": "dataset_type"}
_TITLED = ("organization", "group")


def governed(standard: Standard) -> str:
    """Return the filter for the records that the standard knows."""
    return f"+dataset_type:({' OR '.join(sorted(standard.records))})"


def dimension(standard: Standard, name: str) -> str:
    """Return the field of the index by whose values to count; KeyError where there is none of that name."""
    field = fields.PREFIX + name
    return field if field in fields.coded_fields(standard) else _DIMENSIONS[name]


def dimensions(standard: Standard) -> list[str]:
    """Return everything by which can be counted."""
    return [*_DIMENSIONS, *(name.removeprefix(fields.PREFIX) for name in fields.coded_fields(standard))]


def summary(standard: Standard, today: date, by: Iterable[str]) -> dict[str, Any]:
    """Return the facets of a whole summary."""
    coded = {f"code {name}": terms(name) for name in fields.coded_fields(standard)}
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
    named = fields.coded_fields(standard)
    found = {name: {encoding.decode(code): n for code, n in values(answer, f"code {name}")} for name in named}
    return {name.removeprefix(fields.PREFIX): counts for name, counts in found.items() if counts}


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
    return encoding.decode(value) if encoding.is_encoded(standard, dimension(standard, by)) else value


def freshness(standard: Standard) -> dict[str, Any]:
    """Return the facets that tell whether the index is as the database and the rules of today."""
    everywhere = f'+site_id:"{tk.config["ckan.site_id"]}" +state:active +capacity:public {governed(standard)}'
    marked = f'{fields.MARK}:"{encoding.mark(standard, config.settings())}"'
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
