"""Keyset pagination through the search index by id: a record that exists throughout is returned exactly once."""

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
# Ids never change, so edits do not move records between pages. Solr's cursorMark also requires the unique key.
_SORT = "id asc, index_id asc"
_FL = ",".join(f"{name}:field({field})" for name, field in FIELDS.items())
# Seconds after which permissions are checked again during a long export.
RENEW_AFTER = 10.0


@dataclass(frozen=True)
class Page:
    """Page of documents, the cursorMark of the next page, and whether this is the last page."""

    documents: list[Document]
    mark: str
    last: bool
    facets: Mapping[str, Any]


@dataclass
class Walk:
    """Iteration over the records that a user may see; `decide` checks permissions, every `renew_after` seconds."""

    decide: Callable[[], facet_counts.CapturedQuery]
    size: int = PAGE
    renew_after: float = RENEW_AFTER
    _permitted: facet_counts.CapturedQuery | None = attribute(default=None, init=False)
    _checked_at: float = attribute(default=0.0, init=False)

    def pages(self, mark: str = START) -> Iterator[Page]:
        """Yield the pages from a cursorMark on; the next page is prefetched while one is being processed."""
        connection = facet_counts.connect()

        def fetch(mark: str) -> Future[Page]:
            if self._permitted is None or time.monotonic() - self._checked_at >= self.renew_after:
                self._permitted, self._checked_at = self.decide(), time.monotonic()
            return executor.submit(page, self._permitted, mark, self.size, connection=connection)

        with ThreadPoolExecutor(max_workers=1) as executor:
            pending = fetch(mark)
            while not (current := pending.result()).last:
                pending = fetch(current.mark)
                yield current
            yield current


def page(
    permitted: facet_counts.CapturedQuery,
    mark: str,
    size: int,
    facets: facet_counts.Facets | None = None,
    connection: pysolr.Solr | None = None,
) -> Page:
    """Return one page of the permitted records from a cursorMark on, and the facets of all of them."""
    query = {"fl": _FL, "sort": _SORT, "rows": size, "cursorMark": mark}
    results = facet_counts.query_index(permitted, facets, connection, **query)
    documents = results.docs
    return Page(documents, str(results.nextCursorMark), len(documents) < size, results.raw_response.get("facets", {}))
