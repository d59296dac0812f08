"""Walking the index by id: whatever happens underway, a record that is there throughout is met exactly once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

import pysolr

from ..search import facet_counts
from .query import START
from .rows import FIELDS, Document

PAGE = 1000
# Ids never change and no edit moves a record, so that a page begins where the one before ended. Solr wants the key too.
_SORT = "id asc, index_id asc"
_FL = ",".join(f"{name}:field({field})" for name, field in FIELDS.items())
# Rights that somebody loses while a long walk goes on must count.
RENEW_AFTER = 10.0


@dataclass(frozen=True)
class Page:
    """Some records, the mark at which the next page begins, and whether there is one."""

    documents: list[Document]
    mark: str
    last: bool
    facets: Mapping[str, Any]


@dataclass
class Walk:
    """A walk through the records that `decide` lets somebody see; it decides anew after some seconds."""

    decide: Callable[[], facet_counts.CapturedQuery]
    size: int = PAGE
    renew_after: float = RENEW_AFTER
    _decided: facet_counts.CapturedQuery | None = attribute(default=None, init=False)
    _at: float = attribute(default=0.0, init=False)

    def pages(self, mark: str = START) -> Iterator[Page]:
        """Yield page after page; while one is being worked on, the index is asked for the next."""
        connection = facet_counts.connect()

        def ask(mark: str) -> Future[Page]:
            return ahead.submit(page, self._rights(), mark, self.size, connection=connection)

        with ThreadPoolExecutor(max_workers=1) as ahead:
            asked = ask(mark)
            while not (found := asked.result()).last:
                asked = ask(found.mark)
                yield found
            yield found

    def _rights(self) -> facet_counts.CapturedQuery:
        if self._decided is None or time.monotonic() - self._at >= self.renew_after:
            self._decided, self._at = self.decide(), time.monotonic()
        return self._decided


def page(
    decided: facet_counts.CapturedQuery,
    mark: str,
    size: int,
    facets: facet_counts.Facets | None = None,
    connection: pysolr.Solr | None = None,
) -> Page:
    """Return one page of the records that somebody may see, and facets of all of them."""
    asked = {"fl": _FL, "sort": _SORT, "rows": size, "cursorMark": mark}
    found = facet_counts.query_index(decided, facets, connection, **asked)
    return Page(found.docs, str(found.nextCursorMark), len(found.docs) < size, found.raw_response.get("facets", {}))
