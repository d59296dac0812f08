"""Conditions as queries: what a figure asks of one record, asked of the whole index."""
# MERGED The lists behind the numbers: a search by the very filter that was counted.

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


def figure_queries(figure: Indicator, home: frozenset[str], today: date) -> tuple[str, str, str]:
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
        return (
            overdue_query(_COUNTABLE_OVERDUE[name], self.today)
            if name in _COUNTABLE_OVERDUE
            else f"{fields.FACT}:{name}"
        )

    def flag(self, field: str, flag: str, wanted: bool) -> str:
        query = f"{fields.ANSWERED}:{field}" if flag == "answered" else self.outside_home(field)
        return query if wanted else _not(query)

    def outside_home(self, field: str) -> str:
        abroad = (country_codes() | {EUROPEAN_UNION}) - self.home
        return _codes(field, sorted(abroad)) if self.home else _NOTHING


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


def queries(figure: Indicator) -> tuple[str, str, str]:
    """Return the queries of a figure as they are on this portal today."""
    settings = config.settings()
    return figure_queries(figure, home_area(settings.home), settings.day)


def narrowing(extras: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield the filters of the lists that a search asks for."""
    for name, which in ((FIGURE, 1), (REST, 2)):
        if value := _asked(extras, name):
            yield queries(figure_of(value))[which]
    if value := _asked(extras, OVERDUE):
        if value not in _LISTS_OVERDUE:
            raise _unknown(value)
        yield overdue_query(value, config.settings().day)
    if value := _asked(extras, PUBLIC):
        if value not in config.standard().records:
            raise _unknown(value)
        # CKAN's list of datasets may have records of every type.
        yield f"+capacity:public +dataset_type:{value}"


def figure_of(name: str) -> Indicator:
    """Return a figure by its id; an error that a reader understands where there is none."""
    figure = config.indicators().counted.get(name)
    if figure is None:
        raise _unknown(name)
    return figure


def _asked(extras: Mapping[str, Any] | None, name: str) -> str:
    value = (extras or {}).get(name) or ""
    return str(value[-1] if isinstance(value, list) else value)


def _unknown(value: str) -> SearchQueryError:
    return SearchQueryError(tk._(_UNKNOWN).format(value=shorten(value)))


def addresses() -> Callable[..., str]:
    """Return what makes addresses of lists of public records; the filters are those of any list of CKAN."""
    # A page has hundreds of them, and CKAN takes a millisecond for each.
    starts = {kind: str(tk.url_for(f"{kind}.search", qualified=True)) for kind in config.standard().records}

    def address(record_type: str, **filters: str) -> str:
        kept = {name: value for name, value in filters.items() if value} | {PUBLIC: record_type}
        return f"{starts[record_type]}?{urlencode(kept)}"

    return address
