"""Index documents: every code is a facet, and answers stay searchable as text."""

import pytest
from ckan.tests import factories
from ckan.tests.helpers import call_action
from freezegun import freeze_time

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index")


def facet(name):
    found = call_action("package_search", **{"facet.field": [name], "rows": 0})
    return {item["name"]: item["count"] for item in found["search_facets"][name]["items"]}


def test_codes_are_facets(current):
    factories.Dataset(**current)
    factories.Dataset(**current | {"privacy_class": "aggregated"})
    factories.Dataset()
    assert facet("vocab_privacy_class") == {"non_personal": 1, "aggregated": 1}
    assert facet("vocab_sovereignty_jurisdictions") == {"NL": 2, "EU": 2}


@pytest.mark.parametrize("fq", ["vocab_privacy_class:non_personal", "vocab_sovereignty_storage_countries:NL"])
def test_codes_are_filters(current, fq):
    dataset = factories.Dataset(**current)
    factories.Dataset()
    assert [found["id"] for found in call_action("package_search", fq=fq)["results"]] == [dataset["id"]]


def test_answers_are_found_by_their_words(current):
    dataset = factories.Dataset(**current)
    factories.Dataset()
    assert [found["id"] for found in call_action("package_search", q="cyclists")["results"]] == [dataset["id"]]


def test_search_rows_hold_the_answers_as_lists(current):
    factories.Dataset(**current)
    assert call_action("package_search")["results"][0]["sovereignty_jurisdictions"] == ["EU", "NL"]


@pytest.mark.parametrize(
    ("day", "concern"), [("2026-06-01", False), ("2026-06-09", False), ("2026-06-10", True), ("2028-01-01", True)]
)
def test_a_day_that_a_rule_awaits_turns_the_assessment(day, concern):
    """A system in use whose last day is 10 June: from then on, days and status disagree, without a new index."""
    with freeze_time("2026-06-01"):
        status = {"algorithm_status": "operational", "algorithm_ended_on": "2026-06-10"}
        factories.Dataset(type="algorithm", **status)
    with freeze_time(day):
        assert call_action("package_search", fq="vocab_governance_concern:OSC-054")["count"] == concern
