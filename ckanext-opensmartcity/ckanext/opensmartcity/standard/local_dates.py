"""Dates as people and spreadsheets write them, read only where they can mean one day."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date

_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{2}:\d{2}.*)?")
_DOTS = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_SLASHES = re.compile(r"(\d{1,2})([-/])(\d{1,2})\2(\d{4})")
_DAY_NAME = re.compile(r"(\d{1,2})\.?[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})")
_NAME_DAY = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})")
_MONTHS = "january february march april may june july august september october november december".split()


def parse_local_date(text: str) -> date | None:
    """Return the day that a text names, None if it names none, or could name two."""
    days = possible_days(text)
    return days[0] if len(days) == 1 else None


def possible_days(text: str) -> list[date]:
    """Return the days that a text can name, in the order of the calendar.

    With dots the day comes first, with a year in front the month follows it. With slashes or hyphens a number above
    twelve tells the day; 3/4/2026 is the fourth of March or the third of April.
    """
    text = " ".join(text.split())
    days = set[date | None]()
    with suppress(ValueError):  # a day that does not exist
        if match := _YEAR_FIRST.fullmatch(text):
            days.add(date(int(match[1]), int(match[2]), int(match[3])))
        elif match := _DOTS.fullmatch(text):
            days.add(date(int(match[3]), int(match[2]), int(match[1])))
        elif match := _SLASHES.fullmatch(text):
            for day, month in ((int(match[1]), int(match[3])), (int(match[3]), int(match[1]))):
                with suppress(ValueError):
                    days.add(date(int(match[4]), month, day))
        elif match := _DAY_NAME.fullmatch(text):
            days.add(_named(int(match[1]), match[2], int(match[3])))
        elif match := _NAME_DAY.fullmatch(text):
            days.add(_named(int(match[2]), match[1], int(match[3])))
    return sorted(day for day in days if day)


def _named(day: int, name: str, year: int) -> date | None:
    months = [number for number, month in enumerate(_MONTHS, 1) if month.startswith(name.lower())]
    return date(year, months[0], day) if len(months) == 1 else None
