"""Conditions of the standard as Solr filter queries.

The same query counts an indicator on the city page and filters the list of records behind its number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

import ckan.plugins.toolkit as tk
from ckan.lib.search import SearchQueryError

from .. import config
from ..standard import Indicator
from ..standard.answers import shorten
from ..standard.countries import EUROPEAN_UNION, country_codes, home_area
from ..standard.i18n import N_
from . import fields
from .statistics import overdue_query

_COUNTABLE_OVERDUE = {"review_overdue": "review", "disposal_overdue": "disposal"}
_NOTHING = "(*:* NOT *:*)"


def indicator_queries(indicator: Indicator, home: frozenset[str], today: date) -> tuple[str, str, str]:
    """Return three `fq` values: the records that an indicator covers, those that meet it, and those that do not."""
    writer = _QueryWriter(home, today)
    records = f"dataset_type:{indicator.records}"
    among = f"{records} AND {writer.all(indicator.of.source)}" if indicator.of else records
    where = writer.all(indicator.where.source)
    return among, f"{among} AND {where}", f"{among} AND NOT {where}"


class _QueryWriter:
    """Serializes conditions in the syntax of package_search's `fq`; each part is in brackets and can be negated."""

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
            return _join("AND", (self.flag(key, flag, expected) for flag, expected in value.items()))
        return _codes(key, [value] if isinstance(value, str) else value)

    def fact(self, name: str) -> str:
        overdue = _COUNTABLE_OVERDUE.get(name)
        return overdue_query(overdue, self.today) if overdue else f"{fields.FACT}:{name}"

    def flag(self, field: str, flag: str, expected: bool) -> str:
        abroad = (country_codes() | {EUROPEAN_UNION}) - self.home
        outside_home = _codes(field, sorted(abroad)) if self.home else _NOTHING
        query = f"{fields.ANSWERED}:{field}" if flag == "answered" else outside_home
        return query if expected else _not(query)


def _codes(field: str, codes: Iterable[str]) -> str:
    quoted = [f'"{code}"' for code in codes]
    return f"{fields.PREFIX}{field}:({' OR '.join(quoted)})"


def _join(word: str, parts: Iterable[str]) -> str:
    joined = list(parts)
    return joined[0] if len(joined) == 1 else "(" + f" {word} ".join(joined) + ")"


def _not(query: str) -> str:
    return f"(*:* NOT {query})"


FIGURE, REST, OVERDUE, PUBLIC = "ext_figure", "ext_figure_rest", "ext_overdue", "ext_public"
_LISTS_OVERDUE = ("review", "disposal")
_UNKNOWN = N_("There is no list “{value}”.")


def queries(indicator: Indicator) -> tuple[str, str, str]:
    """Return the three queries of an indicator with the options of this portal, as of today."""
    settings = config.settings()
    return indicator_queries(indicator, home_area(settings.home), settings.day)


def list_filters(extras: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield the `fq` values for the `ext_*` parameters of a search; SearchQueryError for a list that does not exist."""
    parameters = {name: (extras or {}).get(name) or "" for name in (FIGURE, REST, OVERDUE, PUBLIC)}
    chosen = {name: str(value[-1] if isinstance(value, list) else value) for name, value in parameters.items()}
    for name, index in ((FIGURE, 1), (REST, 2)):
        if value := chosen[name]:
            yield queries(get_indicator(value))[index]
    if value := chosen[OVERDUE]:
        if value not in _LISTS_OVERDUE:
            raise _unknown_list(value)
        yield overdue_query(value, config.settings().day)
    if value := chosen[PUBLIC]:
        if value not in config.standard().records:
            raise _unknown_list(value)
        # CKAN's list of datasets can show records of every type.
        yield f"+capacity:public +dataset_type:{value}"


def get_indicator(name: str) -> Indicator:
    """Return an indicator by its id; SearchQueryError with a translated message if it does not exist."""
    indicator = config.indicators().counted.get(name)
    if indicator is None:
        raise _unknown_list(name)
    return indicator


def _unknown_list(value: str) -> SearchQueryError:
    return SearchQueryError(tk._(_UNKNOWN).format(value=shorten(value)))


def addresses() -> Callable[..., str]:
    """Return a function that builds URLs of lists of public records from a record type and CKAN's search parameters."""
    # A page has hundreds of these URLs, and url_for takes a millisecond for each.
    bases = {kind: str(tk.url_for(f"{kind}.search", qualified=True)) for kind in config.standard().records}

    def address(record_type: str, **filters: str) -> str:
        kept = {name: value for name, value in filters.items() if value} | {PUBLIC: record_type}
        return f"{bases[record_type]}?{urlencode(kept)}"

    return address
