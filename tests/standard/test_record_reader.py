"""Reading of records: valid answers, declarations, and findings about invalid values."""

from datetime import date

import pytest
from ckanext.opensmartcity.standard import DECLARED_FIELD, Settings, read_record
from freezegun import freeze_time

UNKNOWN = {"ownership_custodian": {"state": "unknown"}}


@pytest.fixture
def reading(standard, settings):
    """Read a record."""
    return lambda record: read_record(standard, record, settings)


def refused(reading):
    return [(finding.rule, finding.fields) for finding in reading.invalid]


def test_a_record_without_type_is_a_dataset(reading):
    assert reading({}).record_type.type == reading({"type": None}).record_type.type == "dataset"


def test_a_record_of_a_known_type_is_read_with_its_fields(reading):
    assert reading({"type": "algorithm", "algorithm_owner": "Parks"}).answers == {"algorithm_owner": "Parks"}


@pytest.mark.parametrize("kind", ["harvest", 5, ["dataset"]])
def test_a_record_of_an_unknown_type_is_no_record(reading, kind):
    with pytest.raises(KeyError):
        reading({"type": kind})


def test_what_is_no_question_is_left_alone(reading):
    assert reading({"title": "Trees", "tags": [5], "algorithm_owner": 5}).answers == {}


def test_a_refused_answer_is_reported_and_not_kept(reading):
    read = reading({"privacy_class": "secret", "ownership_owner": "Parks"})
    assert read.answers == {"ownership_owner": "Parks"}
    assert refused(read) == [("OSC-002", ("privacy_class",))]


def test_every_refused_answer_is_reported(reading):
    read = reading({"privacy_class": "secret", "governance_review_due": "2026-02-31", DECLARED_FIELD: "{"})
    assert refused(read) == [
        ("OSC-032", ("governance_review_due",)),
        ("OSC-002", ("privacy_class",)),
        ("OSC-003", (DECLARED_FIELD,)),
    ]


@pytest.mark.parametrize("value", ["Parking team", "Unknown to most", ["a list"], 5])
def test_osc_070_refuses_a_question_that_is_answered_and_declared(reading, value):
    read = reading({"ownership_custodian": value, DECLARED_FIELD: UNKNOWN})
    assert refused(read)[-1] == ("OSC-070", ("ownership_custodian",))
    assert read.invalid[-1].reads == {"ownership_custodian", DECLARED_FIELD}


@pytest.mark.parametrize("value", [None, "", "  "], ids=repr)
def test_a_declared_question_without_answer_is_declared(reading, value):
    read = reading({"ownership_custodian": value, DECLARED_FIELD: UNKNOWN})
    assert (refused(read), list(read.declared)) == ([], ["ownership_custodian"])


@pytest.mark.parametrize("value", [[], [""], "[]", "[ ]", '[""]'], ids=repr)
def test_an_empty_list_is_no_answer_beside_a_declaration(reading, value):
    read = reading({"ownership_suppliers": value, DECLARED_FIELD: {"ownership_suppliers": {"state": "unknown"}}})
    assert (refused(read), list(read.declared)) == ([], ["ownership_suppliers"])


def test_the_answer_counts_where_a_question_is_answered_and_declared(reading):
    assert not reading({"ownership_custodian": "Parking team", DECLARED_FIELD: UNKNOWN}).declared


def test_settings_without_a_day_mean_today():
    with freeze_time("2026-06-01"):
        assert Settings().day == date(2026, 6, 1)


def test_settings_set_no_home_and_two_years_between_reviews():
    assert (Settings().home, Settings().review_months) == (None, 24)
