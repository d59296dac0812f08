"""Data subject requests (GDPR): export or erasure of everything that one person wrote.

Contributions are found by keyed identifiers: HMAC-SHA-256 digests of an e-mail address, user id or receipt code under
the portal's secret key. They are useless without this key.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import cast

import ckan.plugins.toolkit as tk
from ckan import model

from .dictize import Contribution, moment
from .model import participants

# Alphabet without characters that are easily confused on paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE_LENGTH = 16


def email_identifier(email: str) -> bytes:
    """Return the keyed identifier of an e-mail address, independent of case."""
    return _keyed_digest(f"email:{email.strip().casefold()}")


def user_identifier(user_id: str) -> bytes:
    """Return the keyed identifier of a user id."""
    return _keyed_digest(f"user:{user_id}")


def code_identifier(code: str) -> bytes:
    """Return the keyed identifier of a receipt code, independent of case and separators."""
    return _keyed_digest("code:" + "".join(letter for letter in code.casefold() if letter.isalnum()))


def new_code() -> str:
    """Generate a random receipt code of four groups of four characters."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, _CODE_LENGTH, 4))


def _keyed_digest(text: str) -> bytes:
    return hmac.new(str(tk.config["SECRET_KEY"]).encode(), text.encode(), hashlib.sha256).digest()


def identify(email: str | None, code: str | None, user: str | None) -> bytes:
    """Return the keyed identifier of a person. Raise ValidationError unless exactly one argument is given."""
    given = [name for name, value in (("email", email), ("code", code), ("user", user)) if value]
    if len(given) != 1:
        raise tk.ValidationError({"email": ["Give exactly one of an e-mail address, a code and a user."]})
    if email:
        return email_identifier(email)
    if code:
        return code_identifier(code)
    account = model.User.get(str(user))
    # Of a user who was purged only the id is left, which is then the argument itself.
    return user_identifier(str(account.id) if account else str(user))


def export(identifier: bytes) -> list[Contribution]:
    """Return everything that a person wrote, with the personal data stored about them (right of access)."""
    rows = participants.contributions(model.Session(), identifier)
    model.Session.rollback()
    return [
        cast(Contribution, {**row, "at": moment(row["at"]), "answered_at": moment(row["answered_at"])}) for row in rows
    ]


def erase(identifier: bytes) -> int:
    """Delete everything that a person wrote, with the answers (right to erasure); return the number of items."""
    deleted = participants.erase(model.Session(), identifier)
    model.Session.commit()
    return deleted
