"""Dates of the demo city, told relative to the day on which it is loaded."""

import calendar
import re
from datetime import date, timedelta
from typing import Any

RELATIVE = re.compile(r"today(?:([+-]\d{1,5})([dmy]))?")
MONTHS = {"m": 1, "y": 12}


def resolve(value: Any, today: date) -> Any:
    """Replace each text such as today-400d, today+6m or today-2y, however deep it lies."""
    if isinstance(value, dict):
        return {key: resolve(each, today) for key, each in value.items()}
    if isinstance(value, list):
        return [resolve(each, today) for each in value]
    match = RELATIVE.fullmatch(value) if isinstance(value, str) else None
    return value if match is None else _moved(today, int(match[1] or 0), match[2] or "d").isoformat()


def _moved(day: date, number: int, unit: str) -> date:
    return day + timedelta(days=number) if unit == "d" else _months_later(day, number * MONTHS[unit])


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
