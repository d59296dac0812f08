"""What is counted of any set of records: levels, groups, gaps, concerns and what is overdue, all as of one day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from ..standard import LEVELS, Standard
from . import facets, solr
from .counting import Facets, among, number, terms, values

_TURNING = {"levels": facets.LEVEL, "groups": facets.GROUP_LEVEL, "missing": facets.MISSING, "concerns": facets.CONCERN}
_PHASES = ("", solr.LATE, solr.LATER)


def measures(today: date, within: Facets | None = None, turning: Iterable[str] = tuple(_TURNING)) -> dict[str, Any]:
    """Return the facets to ask for; each of their counts is broken down by the facets of `within`."""
    first, second = (solr.turned(turn, today) for turn in solr.TURNS)
    queries = (f"*:* NOT {first}", f"{first} NOT {second}", f"{first} AND {second}")
    phases = {
        f"phase{suffix}": among(query, {key: terms(_TURNING[key] + suffix, within) for key in turning})
        for suffix, query in zip(_PHASES, queries, strict=True)
    }
    return phases | {
        "unknown": terms(facets.UNKNOWN, within),
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
    field = {"review": facets.REVIEW_DATE, "disposal": facets.RETENTION_DATE}[what]
    return f"{field}:[* TO {solr.solr_day(today)}}}"


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
    return {solr.decode(code): count for code, count in counts.items()}


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
