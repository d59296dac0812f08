"""Cursors: where a walk goes on, sealed, so that nobody can make one up or go on with it in another walk."""

from __future__ import annotations

import hashlib
from typing import Literal

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

LIFETIME = 24 * 60 * 60
START = "*"
_LONGEST = 2_000


class CursorError(Exception):
    """Why a cursor cannot be used: it is no cursor of ours, too old, or of another walk."""

    def __init__(self, reason: Literal["altered", "expired", "foreign"]) -> None:
        super().__init__(reason)
        self.reason = reason


class Cursors:
    """Seals and opens the cursors of one walk; `walk` is whatever tells it from others: filters, person, standard."""

    def __init__(self, secret: str, walk: str) -> None:
        self._walk = hashlib.sha256(walk.encode()).hexdigest()[:32]
        self._sealer = URLSafeTimedSerializer(
            secret,
            salt="opensmartcity audit cursor",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def seal(self, mark: str) -> str:
        """Return the cursor for a mark of the index."""
        return str(self._sealer.dumps([self._walk, mark]))

    def open(self, cursor: str) -> str:
        """Return the mark in a cursor; CursorError where it cannot be used."""
        if len(cursor) > _LONGEST:
            raise CursorError("altered")
        try:
            walk, mark = self._sealer.loads(cursor, max_age=LIFETIME)
        except SignatureExpired as error:
            raise CursorError("expired") from error
        except (BadData, ValueError, TypeError) as error:
            raise CursorError("altered") from error
        if walk != self._walk:
            raise CursorError("foreign")
        return str(mark)
