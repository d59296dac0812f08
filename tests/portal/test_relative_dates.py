"""Relative dates in the demo city's files."""

from datetime import date

import pytest
from ckanext.opensmartcity.portal.demo import resolve_dates

LEAP_DAY = date(2024, 2, 29)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", "2024-02-29"),
        ("today-400d", "2023-01-25"),
        ("today+1d", "2024-03-01"),
        ("today+6m", "2024-08-29"),
        ("today-3m", "2023-11-29"),
        ("today-12m", "2023-02-28"),
        ("today-2y", "2022-02-28"),
        ("today+4y", "2028-02-29"),
    ],
)
def test_a_relative_date_is_counted_from_today(text, expected):
    assert resolve_dates(text, LEAP_DAY) == expected


@pytest.mark.parametrize("value", ["today is fine", "today-2w", "2024-01-01", "", 5, None, True])
def test_any_other_value_stays(value):
    assert resolve_dates(value, LEAP_DAY) == value


def test_dates_are_found_however_deep_they_lie():
    record = {"a": ["today", {"b": "today+1y"}], "c": "today or never"}
    assert resolve_dates(record, LEAP_DAY) == {"a": ["2024-02-29", {"b": "2025-02-28"}], "c": "today or never"}
