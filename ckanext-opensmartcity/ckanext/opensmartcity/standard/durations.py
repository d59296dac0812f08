"""Calendar arithmetic and ISO 8601 durations: parsing, addition to dates and display texts."""

from __future__ import annotations

import calendar
import re
from datetime import MAXYEAR, date, datetime, time, timedelta

import isodate
from babel.lists import format_list
from babel.units import format_unit


def add_months(start: date, months: int) -> date:
    """Return the same day some months later, at most the last day of that month; `date.max` after the year 9999."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > MAXYEAR:
        return date.max
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


MAX_YEARS = 1000
_NUMBER = "[0-9]+([.,][0-9]+)?"
# Format with designators (ISO 8601-1, 5.5.2.2). The JSON Schema of the standard uses the same pattern.
SHAPE = f"P(?=[0-9T])([0-9]+Y)?([0-9]+M)?({_NUMBER}W)?({_NUMBER}D)?(T(?=[0-9])({_NUMBER}H)?({_NUMBER}M)?({_NUMBER}S)?)?"
_SHAPE = re.compile(SHAPE)
_DAYS_OF_YEAR = 365.2425


def parse_duration(text: str) -> isodate.Duration:
    """Parse an ISO 8601-1 (5.5.2) duration. Raise ValueError unless it is longer than zero and at most 1,000 years."""
    if not _SHAPE.fullmatch(text):
        raise ValueError("not an ISO 8601 duration whose years and months are whole")
    try:
        duration = isodate.parse_duration(text, as_timedelta_if_possible=False)
    except (isodate.ISO8601Error, ArithmeticError, TypeError) as error:
        raise ValueError("not a length of time that can be represented") from error
    years = float(duration.years * 12 + duration.months) / 12 + duration.tdelta / timedelta(_DAYS_OF_YEAR)
    if years <= 0:
        raise ValueError("not longer than zero")
    if years > MAX_YEARS:
        raise ValueError("longer than 1,000 years")
    return duration


def add_duration(start: date, text: str) -> date | None:
    """Return the end date of a duration that begins at `start`, None if it is invalid or after the year 9999."""
    try:
        end: datetime = datetime.combine(start, time()) + parse_duration(text)
        return end.date()
    except (OverflowError, ValueError):
        return None


def duration_in_words(text: str, language: str) -> str:
    """Return the display text of a valid duration, such as "5 years and 6 months"."""
    duration = parse_duration(text)
    seconds = duration.tdelta.seconds
    amounts = {
        "year": duration.years,
        "month": duration.months,
        "day": duration.tdelta.days,
        "hour": seconds // 3600,
        "minute": seconds % 3600 // 60,
        "second": seconds % 60 + duration.tdelta.microseconds / 1_000_000,
    }
    parts = []
    for name, number in amounts.items():
        if number:
            unit = f"duration-{name}"
            text = format_unit(float(number), unit, "long", locale=language)
            # CLDR omits a long form that equals the short one. Babel then returns the identifier of the unit instead.
            parts.append(format_unit(float(number), unit, "short", locale=language) if unit in text else text)
    return str(format_list(parts, locale=language))
