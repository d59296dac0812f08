"""Addition of months to dates."""

from datetime import date

import pytest
from ckanext.opensmartcity.standard.durations import add_months
from hypothesis import given
from hypothesis import strategies as st

MONTHS = st.integers(0, 2400)
DAYS = st.dates(max_value=date(9000, 1, 1))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-05-01", 24, "2028-05-01"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-05-31", 0, "2026-05-31"),
        ("9999-11-30", 1, "9999-12-30"),
        ("9999-12-01", 1, "9999-12-31"),
        ("2026-01-01", 10**6, "9999-12-31"),
    ],
)
def test_months_after_a_date(start, months, end):
    assert add_months(date.fromisoformat(start), months) == date.fromisoformat(end)


@given(DAYS, MONTHS)
def test_months_later_is_as_many_months_later_on_no_later_day(start, months):
    end = add_months(start, months)
    assert (end.year - start.year) * 12 + end.month - start.month == months
    assert end.day <= start.day


@given(DAYS, DAYS, MONTHS)
def test_an_earlier_start_never_ends_later(first, second, months):
    start, later = sorted((first, second))
    assert add_months(start, months) <= add_months(later, months)
