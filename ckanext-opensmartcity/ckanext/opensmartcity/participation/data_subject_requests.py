"""Data subject requests (GDPR): export or erasure of everything that one person wrote.

Contributions are found by keyed identifiers: HMAC-SHA-256 digests of an e-mail address, user id or receipt code under
the portal's secret key. They are useless without this key.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from .dictize import moment
from .model import participants

# Letters and digits that are not mistaken for each other on paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_LENGTH = 16


def of_email(email: str) -> bytes:
    """Return the mark of an e-mail address, however its letters are written."""
    return _mark(f"email:{email.strip().casefold()}")


def of_user(user_id: str) -> bytes:
    """Return the mark of a user."""
    return _mark(f"user:{user_id}")


def of_code(code: str) -> bytes:
    """Return the mark of a code that somebody got as a receipt."""
    return _mark("code:" + "".join(letter for letter in code.casefold() if letter.isalnum()))


def new_code() -> str:
    """Draw a code to give as a receipt."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return "-".join(drawn[start : start + 4] for start in range(0, _LENGTH, 4))


def _mark(text: str) -> bytes:
    return hmac.new(str(tk.config["SECRET_KEY"]).encode(), text.encode(), hashlib.sha256).digest()


def mark(email: str | None, code: str | None, user: str | None) -> bytes:
    """Return the mark of the one thing by which a person is known; ValidationError unless it is exactly one."""
    given = [name for name, value in (("email", email), ("code", code), ("user", user)) if value]
    if len(given) != 1:
        raise tk.ValidationError({"email": ["Give exactly one of an e-mail address, a code and a user."]})
    if email:
        return of_email(email)
    return of_code(code) if code else of_user(_user_id(str(user)))


def _user_id(name: str) -> str:
    found = model.User.get(name)
    # The id of a user who is gone is all that is left of them.
    return str(found.id) if found else name


def export(of: bytes) -> list[dict[str, Any]]:
    """Return everything that a person wrote, and what is kept of them."""
    rows = participants.theirs(model.Session(), of)
    model.Session.rollback()
    return [{**row, "at": moment(row["at"]), "answered_at": moment(row["answered_at"])} for row in rows]


def forget(of: bytes) -> int:
    """Delete everything that a person wrote, with the answers; return how much that was."""
    deleted = participants.forget(model.Session(), of)
    model.Session.commit()
    return deleted
