"""CSV of city indicators: round trip of titles, and protection against CSV injection."""

import csv
import io

from ckanext.opensmartcity.exchange.city_indicators import COLUMNS, city_csv
from hypothesis import given
from hypothesis import strategies as st


def city(title):
    levels = [{"level": "silent", "label": "Silent", "count": 3, "list": "https://city.example/x"}]
    return {
        "as_of": "2026-06-01",
        "standard": {"version": "1.0.0"},
        "characteristics": [],
        "records": [],
        "organizations": [{"name": "parks", "title": title, "total": 3, "levels": levels}],
    }


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_any_title_is_kept_and_never_a_formula(title):
    (row,) = csv.DictReader(io.StringIO(city_csv(city(title)).removeprefix("\ufeff"), newline=""))
    assert row["label"] in (title, f"'{title}")
    assert not row["label"].startswith(("=", "+", "-", "@", "\t", "\r"))
    assert (row["count"], row["of"], row["level"]) == ("3", "3", "silent")


def test_the_header_row_names_the_columns():
    assert city_csv(city("Parks")).removeprefix("\ufeff").splitlines()[0] == ",".join(COLUMNS)
