"""Index documents: every code is a facet, and answers stay searchable as text."""

import pytest
from ckan.tests import factories
from ckan.tests.helpers import call_action

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
