"""Marks by which a person finds what is theirs: made with the key of the portal, of no use to anybody without it."""

from __future__ import annotations

import hashlib
import hmac
import secrets

import ckan.plugins.toolkit as tk

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
