"""Calendar arithmetic on dates without time."""

from __future__ import annotations

import calendar
from datetime import MAXYEAR, date


def add_months(start: date, months: int) -> date:
    """Return the same day some months later, or that month's last day; the last day of all past the year 9999."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > MAXYEAR:
        return date.max
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))
