"""Indicators of another city: untrusted JSON is validated, reduced and sanitized."""

import copy
import json

import pytest
from ckanext.opensmartcity.exchange.city_indicators import CityError, city_schema_text, parse_city, sanitize_text
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

FIGURE = {"id": "owner", "title": "Datasets with an owner", "definition": "It names one.", "count": 3, "of": 5}
CITY = {
    "as_of": "2026-06-01",
    "standard": {"version": "1.0.0", "digest": "sha256:abc"},
    "city": "Zuiderhaven",
    "total": 7,
    "characteristics": [{"id": "accountable", "label": "Open", "question": "Is it?", "figures": [FIGURE]}],
}


def changed(*path, value):
    city = copy.deepcopy(CITY)
    parent = city
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = value
    return city


def read(city):
    return parse_city(json.dumps(city).encode())


def figure(**values):
    return changed("characteristics", 0, "figures", 0, value=FIGURE | values)


def test_the_schema_is_valid():
    Draft202012Validator.check_schema(json.loads(city_schema_text()))


def test_valid_documents_are_reduced_to_the_compared_values():
    assert read(CITY) == {
        "name": "Zuiderhaven",
        "as_of": "2026-06-01",
        "standard": {"version": "1.0.0", "digest": "sha256:abc"},
        "total": 7,
        "figures": {"owner": {"title": "Datasets with an owner", "definition": "It names one.", "count": 3, "of": 5}},
    }


def test_keys_of_a_later_version_are_passed_over():
    assert read(CITY | {"stories": [1, 2]}) == read(CITY)


@pytest.mark.parametrize(
    ("city", "place"),
    [
        ([], "the whole"),
        (None, "the whole"),
        ({}, "the whole"),
        (changed("as_of", value="yesterday"), "as_of"),
        (changed("as_of", value="2026-02-31"), "as_of"),
        (changed("as_of", value=20260601), "as_of"),
        (changed("total", value=-1), "total"),
        (changed("total", value=10**30), "total"),
        (changed("total", value=True), "total"),
        (changed("total", value="7"), "total"),
        (changed("city", value="x" * 3000), "city"),
        (changed("city", value={"$ref": "/etc/passwd"}), "city"),
        (changed("standard", "version", value="<script>"), "standard/version"),
        (changed("characteristics", value={}), "characteristics"),
        (changed("characteristics", value=[CITY["characteristics"][0]] * 51), "characteristics"),
        (figure(count=6), "owner: the part is larger than the whole"),
        (figure(count=1.5), "count"),
        (figure(id="../../x"), "id"),
        (figure(title=None), "title"),
    ],
)
def test_invalid_documents_are_rejected_with_their_path(city, place):
    with pytest.raises(CityError, match=place) as refused:
        read(city)
    assert refused.value.is_json


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!doctype html><title>Hello</title>",
        b"{",
        b"\xff\xfe",
        b'{"as_of": NaN}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"9" * 10_000,
        json.dumps(CITY).encode() + b"{}",
    ],
)
def test_invalid_json_is_distinguished(body):
    with pytest.raises(CityError) as refused:
        parse_city(body)
    assert not refused.value.is_json


def test_invisible_characters_are_removed():
    assert read(changed("city", value="A\u0000\u202eB\ud800\n C"))["name"] == "A B C"


@given(st.text(max_size=600))
def test_untrusted_text_can_always_be_stored_and_shown(text):
    kept = sanitize_text(text)
    assert kept.isprintable()
    assert len(kept) <= 400
    kept.encode()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_json_is_parsed_or_rejected(value):
    try:
        parse_city(json.dumps(value).encode())
    except CityError:
        return
    raise AssertionError("this was no city")
