"""Facts and dates of records: open licence, public link, open format, overdue dates."""

from datetime import date

import pytest
from ckanext.opensmartcity.standard.facts import read_dates, read_facts
from ckanext.opensmartcity.standard.predicates import FACTS
from standard.inputs import STANDARD

TODAY = date(2026, 6, 1)
PERIOD = {"retention_type": "fixed_period", "retention_starts_on": "2020-06-01", "retention_period": "P5Y"}


def dates_of(answers):
    return read_dates(STANDARD, STANDARD.records["dataset"], dict(answers), TODAY)


def facts(record, answers=()):
    return read_facts(record, dates_of(answers))


@pytest.mark.parametrize(
    ("record", "is_open"),
    [
        pytest.param({"license_id": "cc-by"}, True, id="open licence"),
        pytest.param({"license_id": "CC-BY-4.0"}, True, id="in capitals"),
        pytest.param({"license_id": "other-open"}, True, id="other open"),
        pytest.param({"license_id": "cc-nc"}, False, id="not for commerce"),
        pytest.param({"license_id": "notspecified"}, False, id="not specified"),
        pytest.param({"license_id": ""}, False, id="empty"),
        pytest.param({}, False, id="none"),
        pytest.param({"license_id": ["cc-by"]}, False, id="a list"),
        pytest.param({"license_id": "own", "isopen": True}, True, id="open by CKAN's register"),
        pytest.param({"license_id": "cc-by", "isopen": False}, False, id="not open by CKAN's register"),
        pytest.param({"license_id": "cc-by", "isopen": None}, True, id="CKAN does not say"),
    ],
)
def test_a_licence_is_open_or_not(record, is_open):
    assert facts(record)["licence_open"] is is_open


@pytest.mark.parametrize(
    ("record", "linked"),
    [
        pytest.param({"resources": [{"url": "https://city.example/a.csv"}]}, True, id="link"),
        pytest.param({"resources": [{"url": ""}, {"url": " FTP://city.example/a"}]}, True, id="second of two"),
        pytest.param({"resources": [{"url": "a.csv"}]}, False, id="file name"),
        pytest.param({"resources": [{"url": None}, {}, "x", None]}, False, id="no links"),
        pytest.param({"resources": []}, False, id="no resources"),
        pytest.param({"resources": "https://city.example"}, False, id="not a list"),
        pytest.param({}, False, id="nothing"),
    ],
)
@pytest.mark.parametrize("private", [False, "False", None])
def test_a_public_dataset_has_a_link_or_not(record, linked, private):
    assert facts(record | {"private": private})["public_link"] is linked


@pytest.mark.parametrize("private", [True, "True", "true", 1, "1"])
def test_a_private_dataset_has_no_public_link(private):
    assert not facts({"resources": [{"url": "https://city.example"}], "private": private})["public_link"]


@pytest.mark.parametrize(("due", "overdue"), [("2026-05-31", True), ("2026-06-01", False), ("2026-06-02", False)])
def test_a_review_is_overdue_the_day_after_it_was_due(due, overdue):
    assert facts({}, {"governance_review_due": due})["review_overdue"] is overdue


@pytest.mark.parametrize(("until", "overdue"), [("2026-05-31", True), ("2026-06-01", False)])
def test_disposal_is_overdue_the_day_after_the_last_day(until, overdue):
    answers = {"retention_type": "until_date", "retention_until": until}
    assert facts({}, answers)["disposal_overdue"] is overdue


@pytest.mark.parametrize(
    ("answers", "due"),
    [
        pytest.param(PERIOD, "2025-06-01", id="period and start"),
        pytest.param(PERIOD | {"retention_type": "indefinite"}, None, id="period of another type"),
        pytest.param({k: PERIOD[k] for k in ("retention_type", "retention_period")}, None, id="no start"),
        pytest.param({k: PERIOD[k] for k in ("retention_type", "retention_starts_on")}, None, id="no period"),
        pytest.param(PERIOD | {"retention_starts_on": "9999-01-01"}, None, id="past the year 9999"),
        pytest.param({"retention_type": "until_date", "retention_until": "2030-01-01"}, "2030-01-01", id="until"),
        pytest.param({"retention_until": "2030-01-01"}, None, id="until without a type"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_retention_is_due_as_the_answers_say(answers, due):
    assert dates_of(answers).retention_due == (due and date.fromisoformat(due))


def test_review_dates_are_read():
    dates = dates_of({"governance_reviewed_on": "2026-05-01", "governance_review_due": "2027-05-01"})
    assert (dates.reviewed_on, dates.review_due) == (date(2026, 5, 1), date(2027, 5, 1))


def test_nothing_is_overdue_where_nothing_is_said():
    assert facts({}) == dict.fromkeys(FACTS, False)


def test_no_fact_has_the_name_of_a_field(standard):
    assert all(FACTS.keys().isdisjoint(record.fields) for record in standard.records.values())
