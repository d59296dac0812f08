"""Session hooks: subjects are registered during a transaction and recorded right before it commits.

So an event includes the changes by all plugins, and the lock on the subject's state is held only briefly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.orm import Session

_KEY = "opensmartcity"


@dataclass(frozen=True)
class Watched:
    """Subject to compare before the next commit, with the actor and the reason of the change.

    A `lasting` one stays registered after the commit, until `unwatch`.
    """

    kind: str
    subject_id: str
    actor: Any
    new: bool = False
    lasting: bool = False
    reason: str | None = None


Callback = Callable[[Session, Watched], None]


def watch(watched: Watched) -> None:
    """Register a subject with the session of this thread."""
    of_session(model.Session())[watched.subject_id] = watched


def unwatch(subject_id: str) -> None:
    """Unregister a subject."""
    of_session(model.Session()).pop(subject_id, None)


def of_session(session: Session) -> dict[str, Watched]:
    """Return the watched subjects of a session by id."""
    subjects: dict[str, Watched] = session.info.setdefault(_KEY, {})
    return subjects


def listen(callback: Callback) -> None:
    """Call back for each watched subject before each commit, in the order of ids to avoid deadlocks."""

    def before_commit(session: Session) -> None:
        subjects = of_session(session)
        if not subjects or session.in_nested_transaction():
            return
        session.flush()
        for _, watched in sorted(subjects.items()):
            callback(session, watched)
        session.info[_KEY] = {key: watched for key, watched in subjects.items() if watched.lasting}

    def after_rollback(session: Session) -> None:
        session.info[_KEY] = {key: watched for key, watched in of_session(session).items() if watched.lasting}

    sa.event.listen(model.Session, "before_commit", before_commit)
    sa.event.listen(model.Session, "after_rollback", after_rollback)
