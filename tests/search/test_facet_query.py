"""Filters on lists of codes, which are one term of the index, behave as on a multi-valued field of Solr."""

from collections import Counter

import pytest
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity import config
from ckanext.opensmartcity.search import facet_fields

pytestmark = pytest.mark.usefixtures("with_request_context")

PLACES = "vocab_sovereignty_storage_countries"
LISTS = ([], ["NL"], ["NL", "US"], ["DE"], ["DE", "NL", "US"], ["US"])


def found(**query):
    return {each["id"] for each in call_action("package_search", rows=100, **query)["results"]}


@pytest.fixture(scope="module")
def places(emptied):
    """Storage countries of each record."""
    return {
        factories.Dataset(title="Numbers", sovereignty_storage_countries=codes)["id"]: set(codes) for codes in LISTS
    }


@pytest.mark.parametrize(
    ("query", "matches"),
    [
        (f"{PLACES}:NL", lambda codes: "NL" in codes),
        (f'{PLACES}:("NL" OR "DE")', lambda codes: codes & {"NL", "DE"}),
        (f"{PLACES}:(NL AND US)", lambda codes: codes >= {"NL", "US"}),
        (f"{PLACES}:(NL && US)", lambda codes: codes >= {"NL", "US"}),
        (f"{PLACES}:(NL US)", lambda codes: codes >= {"NL", "US"}),
        (f"{PLACES}:(NL -US)", lambda codes: "NL" in codes and "US" not in codes),
        (f"{PLACES}:(NL AND NOT US)", lambda codes: "NL" in codes and "US" not in codes),
        (f"{PLACES}:(NL && !US)", lambda codes: "NL" in codes and "US" not in codes),
        (f"-{PLACES}:NL", lambda codes: "NL" not in codes),
        (f"*:* NOT {PLACES}:NL", lambda codes: "NL" not in codes),
        (f"+{PLACES}:NL -{PLACES}:(US OR DE)", lambda codes: "NL" in codes and not codes & {"US", "DE"}),
        (f"{PLACES}:*", bool),
        (f"{PLACES}:[* TO *]", bool),
        (f"-{PLACES}:[* TO *]", lambda codes: not codes),
        (f"{PLACES}:N?", lambda codes: "NL" in codes),
        (f"{PLACES}:*S", lambda codes: "US" in codes),
        (f"{PLACES}:[DE TO NL]", lambda codes: codes & {"DE", "NL"}),
        (f'{PLACES}:{{"DE" TO NL]', lambda codes: "NL" in codes),
        (f"{PLACES}:{{NL TO *]", lambda codes: "US" in codes),
        (f"({PLACES}:DE^3 OR {PLACES}:(US)^0.5)", lambda codes: codes & {"DE", "US"}),
        (f"({PLACES}:DE || (title:numbers AND {PLACES}:US))", lambda codes: codes & {"DE", "US"}),
        (f"{PLACES}:nl", lambda codes: False),
        (f'{PLACES}:"NL US"', lambda codes: False),
        (f"{PLACES}:N", lambda codes: False),
    ],
)  # fmt: skip
def test_a_list_of_codes_is_filtered_as_solr_filters_lists(places, query, matches):
    assert found(fq=query) == found(q=query) == {key for key, codes in places.items() if matches(codes)}


def test_lists_of_codes_are_counted_by_code(places):
    expected = dict(Counter(code for codes in places.values() for code in codes))
    facet = call_action("package_search", **{"facet.field": [PLACES], "rows": 0})["search_facets"][PLACES]
    assert {item["name"]: item["count"] for item in facet["items"]} == expected
    stats = call_action("governance_stats", by="sovereignty_storage_countries")
    assert stats["codes"]["sovereignty_storage_countries"] == expected
    rows = {row["name"]: row["total"] for row in stats["by"]["sovereignty_storage_countries"]}
    assert rows == expected | {None: LISTS.count([])}


def test_a_code_that_is_no_longer_known_is_counted_and_found(places, monkeypatch):
    facet = "vocab_privacy_personal_data"
    old = factories.Dataset(title="Numbers", privacy_personal_data=["name", "birth_date"])["id"]
    codes = config.standard().vocabularies["personal_data"].codes
    kept = {code: value for code, value in codes.items() if code != "birth_date"}
    monkeypatch.setitem(config.standard().vocabularies["personal_data"].__dict__, "codes", kept)
    facet_fields._indexed_facets.cache_clear()
    try:
        counts = call_action("package_search", **{"facet.field": [facet], "rows": 0})["facets"][facet]
        assert counts == {"name": 1, "birth_date": 1}
        assert found(fq=f"{facet}:birth_date") == found(fq=f"{facet}:(birth_date AND name)") == {old}
    finally:
        facet_fields._indexed_facets.cache_clear()
        call_action("package_delete", id=old)
