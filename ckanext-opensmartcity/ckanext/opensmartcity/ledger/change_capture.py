"""Watching: which subjects an action may change, so that they are recorded before it commits."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ..governance.model import tables as governance_tables
from .actor import actor_of
from .model import session_hooks
from .model.session_hooks import Watched
from .recorder import is_governed, record

MISSING = "ckanext-opensmartcity: the tables of the ledger are missing. Run: ckan db upgrade"


log = logging.getLogger(__name__)


class _Readiness:
    """What this process has found out already."""

    listening = False
    tables = False


def start() -> None:
    """Record watched subjects from now on, and say so if they cannot be recorded."""
    if not _Readiness.listening:
        session_hooks.listen(record)
        _Readiness.listening = True
    if governance_tables.lacks_tables():
        log.warning(MISSING)


def watch_dataset(context: Context, id_or_name: str, new: bool = False) -> None:
    """Record what changes about a dataset until the next commit; nothing where the standard does not know its type."""
    package = model.Package.get(id_or_name)
    if not is_governed(package):
        return
    require_tables()
    dataset_id = package.id
    known = session_hooks.of_session(model.Session()).get(dataset_id)
    new = new or bool(known and known.new)
    if known is None or not known.lasting:
        session_hooks.watch(Watched("dataset", dataset_id, actor_of(context), new=new))


@contextmanager
def watching(context: Context, kind: str, *subject_ids: str, reason: str | None = None) -> Iterator[None]:
    """Record what changes about subjects in each commit of an action; after it, if its caller is to commit."""
    if subject_ids:
        require_tables()
    lasting = not context.get("defer_commit")
    for subject_id in subject_ids:
        session_hooks.watch(Watched(kind, subject_id, actor_of(context), lasting=lasting, reason=reason))
    try:
        yield
    finally:
        for subject_id in subject_ids if lasting else ():
            session_hooks.unwatch(subject_id)


def require_tables() -> None:
    """Refuse a change that could not be recorded."""
    _Readiness.tables = _Readiness.tables or governance_tables.has_tables()
    if not _Readiness.tables:
        model.Session.rollback()
        raise tk.ValidationError({"message": [MISSING]})
