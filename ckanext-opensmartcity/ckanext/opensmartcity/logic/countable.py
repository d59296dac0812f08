"""Conditions as queries: what a figure asks of one record, asked of the whole index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from ..standard import Figure
from ..standard.countries import EUROPEAN_UNION, country_codes
from . import facets
from .measures import overdue_query

_OVERDUE = {"review_overdue": "review", "disposal_overdue": "disposal"}
_NOTHING = "(*:* NOT *:*)"


def figure_queries(figure: Figure, home: frozenset[str], today: date) -> tuple[str, str, str]:
    """Return the queries for the records that a figure counts among, for those as they should be, and for the rest."""
    speaker = _Speaker(home, today)
    records = f"dataset_type:{figure.records}"
    among = f"{records} AND {speaker.all(figure.of.source)}" if figure.of else records
    where = speaker.all(figure.where.source)
    return among, f"{among} AND {where}", f"{among} AND NOT {where}"


class _Speaker:
    """Says conditions as package_search's `fq` has them; each part is closed in itself, so that any may be negated."""

    def __init__(self, home: frozenset[str], today: date) -> None:
        self.home = home
        self.today = today

    def all(self, source: Mapping[str, Any]) -> str:
        return _join("AND", (self.part(key, value) for key, value in source.items()))

    def part(self, key: str, value: Any) -> str:
        if key in ("any", "all"):
            return _join("OR" if key == "any" else "AND", map(self.all, value))
        if key == "not":
            return _not(self.all(value))
        if isinstance(value, bool):
            return self.fact(key) if value else _not(self.fact(key))
        if isinstance(value, Mapping):
            return _join("AND", (self.flag(key, flag, wanted) for flag, wanted in value.items()))
        return _codes(key, [value] if isinstance(value, str) else value)

    def fact(self, name: str) -> str:
        return overdue_query(_OVERDUE[name], self.today) if name in _OVERDUE else f"{facets.FACT}:{name}"

    def flag(self, field: str, flag: str, wanted: bool) -> str:
        query = f"{facets.ANSWERED}:{field}" if flag == "answered" else self.outside_home(field)
        return query if wanted else _not(query)

    def outside_home(self, field: str) -> str:
        abroad = (country_codes() | {EUROPEAN_UNION}) - self.home
        return _codes(field, sorted(abroad)) if self.home else _NOTHING


def _codes(field: str, codes: Iterable[str]) -> str:
    quoted = [f'"{code}"' for code in codes]
    return f"{facets.PREFIX}{field}:({' OR '.join(quoted)})"


def _join(word: str, parts: Iterable[str]) -> str:
    joined = list(parts)
    return joined[0] if len(joined) == 1 else "(" + f" {word} ".join(joined) + ")"


def _not(query: str) -> str:
    return f"(*:* NOT {query})"
