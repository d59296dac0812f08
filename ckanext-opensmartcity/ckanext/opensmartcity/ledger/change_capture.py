"""Change capture: register the subjects that an action may change, so that they are recorded before it commits."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ..governance import model as governance_model
from .actor import actor_of
from .model import session_hooks
from .model.session_hooks import Watched
from .recorder import is_governed, record

MISSING = "ckanext-opensmartcity: the tables of the ledger are missing. Run: ckan db upgrade"


log = logging.getLogger(__name__)


class _Readiness:
    """State of this process: whether the session hooks are registered, and the tables known to exist."""

    listening = False
    tables = False


def start() -> None:
    """Register the session hooks; log a warning if the tables are missing."""
    if not _Readiness.listening:
        session_hooks.listen(record)
        _Readiness.listening = True
    if governance_model.lacks_tables():
        log.warning(MISSING)


def watch_dataset(context: Context, id_or_name: str, new: bool = False) -> None:
    """Record the changes of a dataset until the next commit. Datasets of other types are ignored."""
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
def capture_changes(context: Context, kind: str, *subject_ids: str, reason: str | None = None) -> Iterator[None]:
    """Record the changes of subjects in every commit inside the block, or in the caller's one with `defer_commit`."""
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
    """Roll back and raise ValidationError if changes cannot be recorded because the tables are missing."""
    _Readiness.tables = _Readiness.tables or governance_model.has_tables()
    if not _Readiness.tables:
        model.Session.rollback()
        raise tk.ValidationError({"message": [MISSING]})
