"""What is to be written in the transaction of a change: noted while it runs, done right before it is committed.

So an event sees what every plugin made of the change, and the row that it locks is locked for a moment only.
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
    """A subject to look at before the next commit, by whom it is being changed, and why if somebody said so.

    `lasting` means that the action goes on after that commit; whoever began to watch then ends it.
    """

    kind: str
    subject_id: str
    actor: Any
    new: bool = False
    lasting: bool = False
    reason: str | None = None


Callback = Callable[[Session, Watched], None]


def watch(watched: Watched) -> None:
    """Look at a subject before the next commit of this thread's session."""
    of_session(model.Session())[watched.subject_id] = watched


def unwatch(subject_id: str) -> None:
    """Do not look at a subject any longer."""
    of_session(model.Session()).pop(subject_id, None)


def of_session(session: Session) -> dict[str, Watched]:
    """Return the subjects that are watched in a session."""
    found: dict[str, Watched] = session.info.setdefault(_KEY, {})
    return found


def listen(callback: Callback) -> None:
    """Call back for each watched subject before each commit, in the order of ids, so that two at once do not block."""

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
