"""`governed_answers`: stored datasets, legacy values included, as answers with a canonical form."""

import json

import pytest
from ckanext.opensmartcity.ledger_format.canonical_json import canonical_bytes
from ckanext.opensmartcity.ledger_format.diff import governed_answers
from hypothesis import given
from hypothesis import strategies as st


@pytest.fixture(scope="session")
def read(standard):
    def read(status=None, **stored):
        return governed_answers(standard.records["dataset"], stored, status or {})

    return read


def test_lists_are_parsed_and_sorted_unless_their_order_has_a_meaning(read):
    one = read(sovereignty_storage_countries='["NL", "BE"]', algorithm_systems='["b", "a"]')
    assert one["sovereignty_storage_countries"] == ["BE", "NL"]
    assert one["algorithm_systems"] == ["b", "a"]


@pytest.mark.parametrize("empty", ["", "[]", "{}", None])
def test_empty_values_are_left_out(read, empty):
    assert read(sovereignty_storage_countries=empty, governance_declared=empty, ownership_owner=None) == {}


def test_other_fields_are_left_out(read):
    assert read(title="Bicycles", notes="All of them", harvest_source="x") == {}


def test_status_attributes_are_included(read):
    assert read({"private": False, "state": "active", "license_id": "", "owner_org": None}) == {
        "private": False,
        "state": "active",
    }


@pytest.mark.parametrize("legacy", ["NL, BE", "[1, 2]", '{"a": 1}', "[", "[1e999]", "[[]]", "[" * 100_000])
def test_an_invalid_list_stays_text(read, legacy):
    assert read(sovereignty_storage_countries=legacy) == {"sovereignty_storage_countries": legacy}


@pytest.mark.parametrize(
    "legacy", ["none", "[1]", '{"privacy_class": "unknown"}', '{"privacy_class": {"state": 1e999}}']
)
def test_invalid_declarations_stay_text(read, legacy):
    assert read(governance_declared=legacy) == {"governance_declared": legacy}


json_texts = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=3)
    ),
).map(json.dumps)


@given(json_texts | st.text(st.characters(codec="utf-8")))
def test_every_stored_text_has_a_canonical_form(read, text):
    answers = read(sovereignty_storage_countries=text, governance_declared=text, ownership_owner=text)
    assert canonical_bytes(answers)
