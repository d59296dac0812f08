"""Conditions of the standard as Solr filter queries.

The same query counts an indicator on the city page and filters the list of records behind its number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

import ckan.plugins.toolkit as tk
from ckan.lib.search import SearchQueryError

from .. import config, registry
from ..standard import Indicator
from ..standard.answers import shorten
from ..standard.countries import home_area
from ..standard.i18n import N_
from . import fields
from .statistics import overdue_query


def indicator_queries(indicator: Indicator, home: frozenset[str], today: date) -> tuple[str, str, str]:
    """Return three `fq` values: the records that an indicator covers, those that meet it, and those that do not."""
    index = IndexQueries(home, today)
    records = fields.type_query(config.standard(), indicator.records)
    among = f"{records} AND {indicator.of.expression.solr_query(index)}" if indicator.of else records
    where = indicator.where.expression.solr_query(index)
    return among, f"{among} AND {where}", f"{among} AND NOT {where}"


@dataclass(frozen=True)
class IndexQueries:
    """Queries in the syntax of package_search's `fq`, of which conditions consist (see `expressions.SearchIndex`)."""

    home: frozenset[str]
    today: date

    def codes(self, field: str, codes: Iterable[str]) -> str:
        """Return the query for answers that are, or contain, one of some codes or countries."""
        quoted = [f'"{code}"' for code in codes]
        return f"{fields.PREFIX}{field}:({' OR '.join(quoted)})" if quoted else "(*:* NOT *:*)"

    def answered(self, field: str) -> str:
        """Return the query for records that answer a field."""
        return f"{fields.ANSWERED}:{field}"

    def declared(self, field: str) -> str:
        """Return the query for records that declare a field unknown or not applicable."""
        return f"{fields.DECLARED}:{field}"

    def marked(self, mark: str) -> str:
        """Return the query for records with the mark of an indexed predicate."""
        return f'{fields.FACT}:"{mark}"'

    def overdue(self, what: str) -> str:
        """Return the query for records whose `review` or `disposal` was due before today."""
        return overdue_query(what, self.today)


FIGURE, REST, OVERDUE, PUBLIC = "ext_figure", "ext_figure_rest", "ext_overdue", "ext_public"
# With any value, the list of the records that belong to no organisation.
NO_ORGANIZATION = "ext_no_organization"
_LISTS_OVERDUE = ("review", "disposal")
_UNKNOWN = N_("There is no list “{value}”.")


def queries(indicator: Indicator) -> tuple[str, str, str]:
    """Return the three queries of an indicator with the options of this portal, as of today."""
    settings = config.settings()
    return indicator_queries(indicator, home_area(settings.home), settings.day)


def list_filters(extras: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield the `fq` values for the `ext_*` parameters of a search; SearchQueryError for a list that does not exist."""
    parameters = {name: (extras or {}).get(name) or "" for name in (FIGURE, REST, OVERDUE, PUBLIC, NO_ORGANIZATION)}
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
        yield f"+capacity:public +{fields.type_query(config.standard(), value)}"
    if chosen[NO_ORGANIZATION]:
        yield "-organization:[* TO *]"


def get_indicator(name: str) -> Indicator:
    """Return an indicator by its id; SearchQueryError with a translated message if it does not exist."""
    indicator = registry.indicators().counted.get(name)
    if indicator is None:
        raise _unknown_list(name)
    return indicator


def _unknown_list(value: str) -> SearchQueryError:
    return SearchQueryError(tk._(_UNKNOWN).format(value=shorten(value)))


def addresses() -> Callable[..., str]:
    """Return a function that builds URLs of lists of public records from a record type and CKAN's search parameters."""
    # A page has hundreds of these URLs, and url_for takes a millisecond for each.
    standard = config.standard()
    # The list of one dataset type shows those of all types of its record type: `query_hooks.add_list_filters`.
    bases = {kind: str(tk.url_for(f"{standard.types_of(kind)[0]}.search", qualified=True)) for kind in standard.records}

    def address(record_type: str, **filters: str) -> str:
        kept = {name: value for name, value in filters.items() if value} | {PUBLIC: record_type}
        return f"{bases[record_type]}?{urlencode(kept)}"

    return address
