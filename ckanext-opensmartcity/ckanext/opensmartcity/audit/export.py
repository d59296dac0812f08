"""Exports: all rows of an audit as one file that is made while it is sent, and a manifest by which it can be cited."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ..exchange.table_writer import END, AuditFile, AuditRow, JsonLines, Table
from ..governance import params
from ..governance.governance import reader
from ..governance.model import catalogue
from ..search import facet_counts, statistics
from ..search.statistics import measures, read_measures
from . import query
from . import schema as audit_schema
from .query import START, Audit, read_filters
from .scroll import PAGE, RENEW_AFTER, Page, Walk

# Faster than usual: a file is sent while it is made, and is a fifth of its size all the same.
_COMPRESSION = 3
_GZIP = 31

FORMATS: Mapping[str, Callable[[], AuditFile]] = {
    "csv": lambda: Table(tuple(query.groups())),
    "jsonl": JsonLines,
}


@dataclass(frozen=True)
class Export:
    """An audit of all that a person may see, in one go; `user` is empty for everybody."""

    audit: Audit
    user: str
    mark: str = START
    size: int = PAGE
    renew_after: float = RENEW_AFTER

    @property
    def begun(self) -> bool:
        """Tell whether this goes on where another export ended."""
        return self.mark != START

    def rows(self) -> Iterator[AuditRow]:
        """Yield row after row."""
        for page in self.pages():
            yield from page

    def pages(self) -> Iterator[list[AuditRow]]:
        """Yield the rows page by page; the last row of each page has the `cursor` at which another export goes on."""
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
        """Ask who may see what, as if the person had asked now."""
        try:
            tk.check_access("governance_audit", Context(user=self.user), {})
            return self.audit.decide(Context(user=self.user))
        finally:
            # A reader who takes an hour must not keep a connection to the database for an hour.
            catalogue.release()

    def manifest(self) -> dict[str, Any]:
        """Return what is exported, in numbers, and by what it can be cited; what may change meanwhile is said."""
        context = Context(user=self.user)
        tk.check_access("governance_audit", context, {})
        decided = self.audit.decide(context)
        facets = {**measures(self.audit.today, turning=["levels"]), **statistics.freshness(self.audit.standard)}
        answer = facet_counts.query_index(decided, facets, rows=0).raw_response["facets"]
        return {
            **self.audit.head(),
            "made_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "portal": tk.config["ckan.site_url"],
            "filters": dict(self.audit.filters.given),
            "seen_by": "user" if self.user else "everybody",
            "total": decided.total,
            "levels": read_measures(self.audit.standard, answer)["levels"],
            "checkpoint": _checkpoint(),
            "index_lag": statistics.read_freshness(self.audit.standard, answer),
        }


def read_export(user: str, asked: Mapping[str, Any]) -> Export:
    """Return the export that a person asks for; ValidationError names each parameter that is wrong."""
    known = {**audit_schema.audit_filters(), "cursor": audit_schema.governance_audit()["cursor"]}
    params.refuse_unknown(asked, known)
    checked, errors = tk.navl_validate(dict(asked), known, Context(user=user))
    if errors:
        raise tk.ValidationError(errors)
    audit = Audit(read_filters(checked), reader(checked.get("lang")))
    return Export(audit, user, audit.start(checked.get("cursor"), user))


def write(pages: Iterable[list[AuditRow]], form: AuditFile, *, begun: bool = False) -> Iterator[bytes]:
    """Yield a file in parts, each a page of rows; or what is to be put behind a file that was begun."""
    yield b"" if begun else form.head().encode()
    for page in pages:
        yield form.write(page).encode()


def compress(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same as gzip."""
    packer = zlib.compressobj(_COMPRESSION, zlib.DEFLATED, _GZIP)
    for part in parts:
        yield packer.compress(part)
    yield packer.flush()


def _checkpoint() -> dict[str, Any] | None:
    try:
        found = tk.get_action("governance_checkpoint_show")({}, {})
    except tk.ObjectNotFound:
        return None
    return {name: found[name] for name in ("origin", "size", "root", "at")}
