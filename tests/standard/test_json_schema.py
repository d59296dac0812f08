"""JSON Schema and our own rules agree on everything that JSON Schema can say."""

import jsonschema
import pytest
from ckanext.opensmartcity.standard import Settings, assess
from ckanext.opensmartcity.standard.json_schema import DIALECT, inexpressible_rules, json_schema
from hypothesis import given, settings
from hypothesis import strategies as st

# One valid and some broken answers for each answer type; broken ones are of the kinds that JSON Schema can refuse.
VALID = {
    "text": ["Parks"],
    "long_text": ["One.\nTwo."],
    "text_or_url": ["A law", "https://law.example/1"],
    "texts": [["One", "Two"]],
    "texts_or_uris": [["DCAT", "urn:iso:std:8601"]],
    "uri": ["https://id.example/1", "urn:isbn:1"],
    "url": ["https://page.example/"],
    "urls": [["https://page.example/", "http://other.example"]],
    "contact": ["parks@city.example", "+31 20 1234567"],
    "date": ["2026-05-01"],
    "duration": ["P5Y", "P1Y6M", "PT36H"],
    "country": ["NL", "US"],
    "countries": [["NL"], ["NL", "US"]],
    "jurisdictions": [["EU", "NL"]],
    "uuid": ["0b6a3d1c-1111-4222-8333-444455556666"],
    "systems": [["some-system"]],
}
BROKEN = {
    "text": [7, ["list"], {"a": 1}, "x" * 8001],
    "long_text": [False, ["list"]],
    "text_or_url": [["list"]],
    "texts": [7, {"a": 1}, [["nested"]]],
    "texts_or_uris": [True],
    "uri": ["mobility", "ftp://x.example"],
    "url": ["javascript:alert(1)", "page.example"],
    "urls": [["page.example"]],
    "contact": [{"mail": "x"}],
    "date": ["2026-02-31", "yesterday", "2026-5-1"],
    "duration": ["five years", "P", "P1YT", "-P1Y"],
    "country": ["ZZ", "Netherlands"],
    "countries": [["NL", "ZZ"]],
    "jurisdictions": [["Mars"]],
    "uuid": ["1234"],
    "systems": [[1]],
}


def answers(standard, field):
    if field.type.is_coded:
        codes = list(standard.vocabulary_of(field).codes)
        one = st.sampled_from(codes)
        if not field.type.is_list:
            return st.one_of(one, st.just("no_such_code"))
        return st.one_of(st.lists(one, min_size=1, max_size=3, unique=True), st.just(["no_such_code"]))
    kind = field.type.value
    return st.sampled_from(VALID[kind] * 3 + BROKEN[kind])


def declarations(fields):
    entry = st.sampled_from(
        [
            {"state": "unknown"},
            {"state": "not_applicable", "reason": "Because."},
            {"state": "not_applicable"},
            {"state": "?"},
        ]
    )
    return st.dictionaries(st.sampled_from([*fields, "title"]), entry, max_size=3)


@st.composite
def records(draw, standard, kind):
    """A record with many or few answers, so that some are complete and most are not."""
    fields = standard.records[kind].fields
    fill = draw(st.sampled_from([0, 1, 2]))
    record = {"type": kind, "license_id": draw(st.sampled_from(["cc-by", "notspecified"]))}
    for name, field in fields.items():
        wanted = field.obligation is not None and fill == 2
        if wanted or draw(st.integers(0, 3)) < fill:
            record[name] = draw(answers(standard, field) if not wanted else valid(standard, field))
    if draw(st.booleans()):
        record["governance_declared"] = draw(declarations(list(fields)))
    return record


def valid(standard, field):
    if field.type.is_coded:
        one = st.sampled_from(list(standard.vocabulary_of(field).codes))
        return st.lists(one, min_size=1, max_size=1) if field.type.is_list else one
    return st.sampled_from(VALID[field.type.value])


def verdicts(standard, kind, record, home):
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    validator = jsonschema.Draft202012Validator(json_schema(standard, kind, home), format_checker=checker)
    assessment = assess(standard, record, Settings(home=home))
    left_out = set(inexpressible_rules(standard, kind))
    errors = [finding for finding in assessment.errors if finding.rule not in left_out]
    return validator.is_valid(record), not errors and not assessment.gaps


@pytest.mark.parametrize("kind", ["dataset", "algorithm"])
@pytest.mark.parametrize("home", [None, "NL", "US"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_schema_and_rules_give_the_same_verdict(standard, kind, home, data):
    record = data.draw(records(standard, kind))
    by_schema, by_rules = verdicts(standard, kind, record, home)
    assert by_schema is by_rules, assess(standard, record, Settings(home=home))


@pytest.mark.parametrize("kind", ["dataset", "algorithm"])
def test_it_is_valid_json_schema_2020_12(standard, kind):
    schema = json_schema(standard, kind, "NL")
    assert schema["$schema"] == DIALECT
    jsonschema.Draft202012Validator.check_schema(schema)


def test_a_complete_record_is_valid(standard, current):
    assert verdicts(standard, "dataset", current, "NL") == (True, True)


def test_what_it_cannot_say_is_listed(standard):
    assert inexpressible_rules(standard, "dataset") == {"OSC-050": "governance_review_due: before"}


def test_texts_are_translated(standard):
    schema = json_schema(standard, "dataset", translate=str.upper)
    assert schema["properties"]["privacy_class"]["title"].isupper()
