"""Query budgets: count the SQL statements and Solr requests of a block against the real services."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pysolr
from ckan import model
from sqlalchemy import event


@dataclass
class Calls:
    """SQL statements and Solr requests, shortened to 150 characters."""

    sql: list[str] = field(default_factory=list)
    solr: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{len(self.sql)} SQL, {len(self.solr)} Solr:\n" + "\n".join(self.sql + self.solr)


@contextmanager
def counted(monkeypatch) -> Iterator[Calls]:
    """Context manager that records statements and requests while they go to the real services."""
    calls, engine = Calls(), model.meta.engine
    send = pysolr.Solr._send_request

    def on_sql(connection, cursor, statement, parameters, context, many):
        calls.sql.append(" ".join(statement.split())[:150])

    def on_solr(self, method, path="", *args, **kwargs):
        calls.solr.append(f"{method} {path}"[:150])
        return send(self, method, path, *args, **kwargs)

    event.listen(engine, "before_cursor_execute", on_sql)
    monkeypatch.setattr(pysolr.Solr, "_send_request", on_solr)
    try:
        yield calls
    finally:
        event.remove(engine, "before_cursor_execute", on_sql)
        monkeypatch.setattr(pysolr.Solr, "_send_request", send)
