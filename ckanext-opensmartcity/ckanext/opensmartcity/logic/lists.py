"""The lists behind the numbers: a search by the very filter that was counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import ckan.plugins.toolkit as tk
from ckan.lib.search import SearchQueryError

from .. import config
from ..standard import Figure
from ..standard.answers import shorten
from ..standard.countries import home_area
from ..standard.messages import N_
from .countable import figure_queries
from .measures import overdue_query

FIGURE, REST, OVERDUE, PUBLIC = "ext_figure", "ext_figure_rest", "ext_overdue", "ext_public"
_OVERDUE = ("review", "disposal")
_UNKNOWN = N_("There is no list “{value}”.")


def queries(figure: Figure) -> tuple[str, str, str]:
    """Return the queries of a figure as they are on this portal today."""
    settings = config.settings()
    return figure_queries(figure, home_area(settings.home), settings.day)


def narrowing(extras: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield the filters of the lists that a search asks for."""
    for name, which in ((FIGURE, 1), (REST, 2)):
        if value := _asked(extras, name):
            yield queries(figure_of(value))[which]
    if value := _asked(extras, OVERDUE):
        if value not in _OVERDUE:
            raise _unknown(value)
        yield overdue_query(value, config.settings().day)
    if value := _asked(extras, PUBLIC):
        if value not in config.standard().records:
            raise _unknown(value)
        # CKAN's list of datasets may have records of every type.
        yield f"+capacity:public +dataset_type:{value}"


def figure_of(name: str) -> Figure:
    """Return a figure by its id; an error that a reader understands where there is none."""
    figure = config.figures().figures.get(name)
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
