"""Exports: all rows of an audit as one streamed file (CSV or JSON Lines), and the manifest by which it is cited."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ..exchange.table_writer import END, AuditRow, AuditWriter, CsvWriter, JsonLinesWriter
from ..feature import call_if_enabled, refuse_unknown
from ..governance.governance import reader
from ..governance.http_identity import portal_url
from ..governance.model import catalogue
from ..search import facet_counts, statistics
from ..search.statistics import measures, read_measures
from . import query
from . import schema as audit_schema
from .query import START, Audit, read_filters
from .scroll import PAGE, RENEW_AFTER, Page, Walk

# Faster than the default level, because the file is compressed while it is sent; it still shrinks to a fifth.
_COMPRESSION = 3
_GZIP = 31

FORMATS: Mapping[str, Callable[[], AuditWriter]] = {
    "csv": lambda: CsvWriter(tuple(query.groups())),
    "jsonl": JsonLinesWriter,
}


@dataclass(frozen=True)
class Export:
    """Audit of all records that a user may see; `user` is empty for anonymous visitors."""

    audit: Audit
    user: str
    mark: str = START
    size: int = PAGE
    renew_after: float = RENEW_AFTER

    @property
    def begun(self) -> bool:
        """Whether this export continues another one."""
        return self.mark != START

    def rows(self) -> Iterator[AuditRow]:
        """Yield the rows."""
        for page in self.pages():
            yield from page

    def pages(self) -> Iterator[list[AuditRow]]:
        """Yield pages of rows; the last row of each page has the `cursor` at which another export can continue."""
        cursors, held = self.audit.cursors(self.user), None
        try:
            for page in Walk(self._decide, self.size, self.renew_after).pages(self.mark):
                if page.documents:
                    if held:
                        yield self._page(held, cursors.seal(held.mark))
                    held = page
            if held:
                yield self._page(held, END)
        finally:
            catalogue.release()

    def _page(self, page: Page, cursor: str) -> list[AuditRow]:
        rows = list(map(self.audit.rows.row, page.documents))
        rows[-1] = rows[-1]._replace(cursor=cursor)
        return rows

    def _decide(self) -> facet_counts.CapturedQuery:
        """Determine anew which records the user may see."""
        try:
            tk.check_access("governance_audit", Context(user=self.user), {})
            return self.audit.decide(Context(user=self.user))
        finally:
            # A slow reader must not hold a database connection for the whole download.
            catalogue.release()

    def manifest(self) -> dict[str, Any]:
        """Return the manifest: counts, filters, standard and checkpoint by which the export can be cited.

        Records may change between the manifest and the export, so `made_at` and `index_lag` are given.
        """
        context = Context(user=self.user)
        tk.check_access("governance_audit", context, {})
        decided = self.audit.decide(context)
        facets = {**measures(self.audit.today, measured=["levels"]), **statistics.freshness(self.audit.standard)}
        answer = facet_counts.query_index(decided, facets, rows=0).raw_response["facets"]
        try:
            signed = call_if_enabled("governance_checkpoint_show", {}, {})
        except tk.ObjectNotFound:
            signed = None
        checkpoint = signed and {name: signed[name] for name in ("origin", "size", "root", "at")}
        return {
            **self.audit.head(),
            "made_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "portal": portal_url(),
            "filters": dict(self.audit.filters.given),
            "seen_by": "user" if self.user else "everybody",
            "total": decided.total,
            "levels": read_measures(self.audit.standard, answer)["levels"],
            "checkpoint": checkpoint,
            "index_lag": statistics.read_freshness(self.audit.standard, answer),
        }


def read_export(user: str, params: Mapping[str, Any]) -> Export:
    """Validate request parameters and return their export; raise ValidationError for invalid or unknown ones."""
    known = {**audit_schema.audit_filters(), "cursor": audit_schema.governance_audit()["cursor"]}
    refuse_unknown(params, known)
    checked, errors = tk.navl_validate(dict(params), known, Context(user=user))
    if errors:
        raise tk.ValidationError(errors)
    audit = Audit(read_filters(checked), reader(checked.get("lang")))
    return Export(audit, user, audit.start(checked.get("cursor"), user))


def write(pages: Iterable[list[AuditRow]], form: AuditWriter, *, begun: bool = False) -> Iterator[bytes]:
    """Yield a file in parts, one per page of rows; without its head if it continues another one (`begun`)."""
    yield b"" if begun else form.head().encode()
    for page in pages:
        yield form.write(page).encode()


def compress(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Compress with gzip while streaming."""
    packer = zlib.compressobj(_COMPRESSION, zlib.DEFLATED, _GZIP)
    for part in parts:
        yield packer.compress(part)
    yield packer.flush()
