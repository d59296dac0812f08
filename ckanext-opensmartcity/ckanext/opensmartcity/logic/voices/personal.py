"""What one person wrote here, for that person alone: exported or deleted on request."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ...model import askers
from . import marks
from .dictize import moment


def mark(email: str | None, code: str | None, user: str | None) -> bytes:
    """Return the mark of the one thing by which a person is known; ValidationError unless it is exactly one."""
    given = [name for name, value in (("email", email), ("code", code), ("user", user)) if value]
    if len(given) != 1:
        raise tk.ValidationError({"email": ["Give exactly one of an e-mail address, a code and a user."]})
    if email:
        return marks.of_email(email)
    return marks.of_code(code) if code else marks.of_user(_user_id(str(user)))


def _user_id(name: str) -> str:
    found = model.User.get(name)
    # The id of a user who is gone is all that is left of them.
    return str(found.id) if found else name


def export(of: bytes) -> list[dict[str, Any]]:
    """Return everything that a person wrote, and what is kept of them."""
    rows = askers.theirs(model.Session(), of)
    model.Session.rollback()
    return [{**row, "at": moment(row["at"]), "answered_at": moment(row["answered_at"])} for row in rows]


def forget(of: bytes) -> int:
    """Delete everything that a person wrote, with the answers; return how much that was."""
    deleted = askers.forget(model.Session(), of)
    model.Session.commit()
    return deleted
