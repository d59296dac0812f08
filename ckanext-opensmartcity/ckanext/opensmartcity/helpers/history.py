"""What the pages of the history ask: changes as sentences, moments in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from babel.dates import format_datetime

from ..ledger.sentences import change_in_words
from ..logic.governance import request_language
from ..standard import date_in_words, language

# More sentences than a reader takes in: then the table below says it all.
_MOST_SENTENCES = 6


def opensmartcity_sentences(event: dict[str, Any]) -> list[str]:
    """Return what an event changed, a sentence each; none where there are too many to read."""
    changes = event["changes"]
    reader = language(request_language())
    return [change_in_words(change, reader) for change in changes] if len(changes) <= _MOST_SENTENCES else []


def opensmartcity_moment(at: str) -> str:
    """Say an instant (RFC 3339) as a date and a time of UTC in the reader's language."""
    moment = datetime.fromisoformat(at.replace("Z", "+00:00"))
    locale = language(request_language()).locale
    return str(format_datetime(moment, _PATTERN, locale=locale))


_PATTERN = "d MMMM y, HH:mm 'UTC'"


def opensmartcity_day(at: str) -> str:
    """Say the day of an instant (RFC 3339, UTC) in the reader's language."""
    return date_in_words(datetime.fromisoformat(at.replace("Z", "+00:00")).date(), language(request_language()))
