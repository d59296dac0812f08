"""Dates as people write them: read where they can mean one day, else a message with the way to write them."""

from datetime import date

import pytest
from ckanext.opensmartcity.exchange.record_mapping import parse_incoming
from ckanext.opensmartcity.standard import AnswerType
from ckanext.opensmartcity.standard.answers import InvalidAnswer, parse_answer
from ckanext.opensmartcity.standard.local_dates import parse_local_date
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("01.11.2027", "2027-11-01"),
        ("1. 2. 2027", "2027-02-01"),
        ("2027/1/5", "2027-01-05"),
        ("2027-11-01T10:00:00Z", "2027-11-01"),
        ("1/15/2024", "2024-01-15"),
        ("15/1/2024", "2024-01-15"),
        ("4/4/2024", "2024-04-04"),
        ("15-01-2024", "2024-01-15"),
        ("Nov 3, 2026", "2026-11-03"),
        ("3 November 2026", "2026-11-03"),
        ("3/4/2026", None),
        ("3-4-2026", None),
        ("31.02.2026", None),
        ("13/13/2026", None),
        ("Ma 3, 2026", None),
        ("3 novembre 2026", None),
        ("1/2-2026", None),
        ("01.11.27", None),
        ("", None),
    ],
)
def test_a_date_is_read_where_it_can_mean_one_day(text, day):
    assert parse_local_date(text) == (date.fromisoformat(day) if day else None)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_day_is_read_in_each_form_that_is_unambiguous(day):
    for form in ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d %B %Y", "%b %d, %Y"):
        assert parse_local_date(day.strftime(form)) == day
    slashes = parse_local_date(f"{day.day}/{day.month}/{day.year}")
    assert slashes in (day, None)
    assert (slashes is None) is (day.day <= 12 and day.day != day.month)


@given(st.text(max_size=20))
def test_no_text_breaks_the_reader_of_dates(text):
    assert parse_local_date(text) is None or any(letter.isdigit() for letter in text)


def test_an_import_takes_the_date_and_a_form_names_the_way_to_write_it(standard):
    field = next(each for each in standard.records["dataset"].fields.values() if each.type is AnswerType.DATE)
    assert parse_incoming(standard, {field.name: "01.11.2027"}, "dataset").record == {field.name: "2027-11-01"}
    assert parse_incoming(standard, {field.name: "3/4/2027"}, "dataset").record == {field.name: "3/4/2027"}
    with pytest.raises(InvalidAnswer, match="Write this date as 2027-11-01"):
        parse_answer(field, "01.11.2027", standard)
    with pytest.raises(InvalidAnswer, match="can be 2027-03-04 or 2027-04-03"):
        parse_answer(field, "3/4/2027", standard)
    with pytest.raises(InvalidAnswer, match="is not a date that exists"):
        parse_answer(field, "31.02.2027", standard)
