"""How long to stay away from a host: as long as it says, within reason, and longer each time it fails."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=7)


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return how long a host asks to be left alone, at least a minute and at most a week; None where it does not."""
    text = (headers.get("Retry-After") or "").strip()
    if not text:
        return None
    asked = _seconds(text) if text.isascii() and text.isdigit() else _until(text, now)
    return None if asked is None else min(max(asked, SHORTEST), LONGEST)


def _seconds(digits: str) -> timedelta:
    return timedelta(seconds=min(int(digits[:10]), LONGEST.total_seconds()))


def _until(text: str, now: datetime) -> timedelta | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)) - now


def next_look(state: str, failures: int, days: int) -> timedelta:
    """Return when to look again: in the usual number of days; what fails first after a day, then after two, four."""
    if state != "failed":
        return timedelta(days=days)
    return timedelta(days=min(2 ** min(max(failures - 1, 0), 10), days))
