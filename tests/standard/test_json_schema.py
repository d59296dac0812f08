"""JSON Schema: agrees with the rules on everything that it can express; the documented limits are proven."""

import json
import re
import subprocess
from datetime import date
from functools import cache
from pathlib import Path

import jsonschema
import playwright
import pytest
from ckanext.opensmartcity.standard import DECLARED_FIELD, InvalidAnswer, Settings, assess
from ckanext.opensmartcity.standard.answers import parse_answer
from ckanext.opensmartcity.standard.durations import parse_duration
from ckanext.opensmartcity.standard.json_schema import DIALECT, inexpressible_rules, json_schema
from ckanext.opensmartcity.standard.patterns import DATE
from ckanext.opensmartcity.standard.record_reader import parse_declarations
from ckanext.opensmartcity.standard.reference_docs import TOO_MILD, TOO_STRICT
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from standard.inputs import FIELD_OF, STANDARD, json_values

# One valid and some broken answers for each answer type; the broken ones are invalid by JSON Schema too.
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
    "text": [
        7,
        ["list"],
        {"a": 1},
        "x" * 8001,
        "<b>Parks</b>",
        "Parks\x00",
        "Parks\ud800",
        *("\u200b", "\ufeff", "\u3164", "\u2800", "\u00ad", "\u202e", " \u2060", "\U000e0020"),
    ],
    "long_text": [False, ["list"], "see <script>"],
    "text_or_url": [
        ["list"],
        "JavaScript:alert(1)",
        "vbscript:x",
        "blob:x",
        "file:x",
        "https://",
        "https://me:secret@law.example",
    ],
    "texts": [7, {"a": 1}, [["nested"]], ["<i>"], ["a"] * 101, ["\ud800"]],
    "texts_or_uris": [True, ["data:text/html,x"], ["\udfff"]],
    "uri": ["mobility", "ftp://x.example", "urn:x"],
    "url": ["javascript:alert(1)", "page.example", "https://x.example/" + "y" * 2000],
    "urls": [["page.example"]],
    "contact": [{"mail": "x"}, "parks at city", "12", "a@b", "+31 " + "1" * 16],
    "date": ["2026-02-31", "yesterday", "2026-5-1", "2025-02-29", "1900-02-29", "0000-01-01", "20260501"],
    "duration": ["five years", "P", "P1YT", "-P1Y", "P0D", "PT0.0S", "P1.5Y", "P0003-06-04T12:30:05"],
    "country": ["ZZ", "Netherlands"],
    "countries": [["NL", "ZZ"]],
    "jurisdictions": [["Mars"]],
    "uuid": ["1234"],
    "systems": [[1]],
}


BLANK = [None, "", " \n"]


def answers(standard, field):
    if field.type.is_coded:
        codes = list(standard.vocabulary_of(field).codes)
        one = st.sampled_from(codes)
        if not field.type.is_list:
            return st.one_of(one, st.sampled_from(["no_such_code", 7, *BLANK]))
        chosen = st.lists(one, min_size=1, max_size=3, unique=True)
        return st.one_of(chosen, st.sampled_from([["no_such_code"], [], *BLANK]))
    kind = field.type.value
    return st.sampled_from(VALID[kind] * 3 + BROKEN[kind] + BLANK)


def declarations(fields):
    entry = st.sampled_from(
        [
            {"state": "unknown"},
            {"state": "not_applicable", "reason": "Because."},
            {"state": "not_applicable"},
            {"state": "not_applicable", "reason": " "},
            {"state": "unknown", "reason": None},
            {"state": "unknown", "reason": "<b>"},
            {"state": "unknown", "since": "2020"},
            {"state": "?"},
            "unknown",
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


@cache
def validator(kind, home):
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    return jsonschema.Draft202012Validator(json_schema(STANDARD, kind, home), format_checker=checker)


def verdicts(standard, kind, record, home):
    assessment = assess(standard, record, Settings(home=home))
    left_out = set(inexpressible_rules(standard, kind))
    errors = [finding for finding in assessment.errors if finding.rule not in left_out]
    return validator(kind, home).is_valid(record), not errors and not assessment.gaps


@pytest.mark.parametrize("kind", ["dataset", "algorithm"])
@pytest.mark.parametrize("home", [None, "NL", "US"])
@settings(max_examples=100, deadline=None)
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


def tidy(answer):
    return list(answer) if isinstance(answer, tuple) else answer


near_misses = st.sampled_from(
    [entry for kind in VALID for entry in VALID[kind] + BROKEN[kind] if isinstance(entry, str)]
)
spoilt = st.builds(
    lambda text, at, more: text[: at % 9] + more + text[at % 9 :], near_misses, st.integers(0), st.text(max_size=2)
)
raw_values = json_values | near_misses | spoilt | st.lists(near_misses | spoilt, max_size=3)


@pytest.mark.parametrize("name", [*FIELD_OF.values(), "privacy_data_subjects"])
@settings(max_examples=150, deadline=None)
@given(raw=raw_values)
def test_schema_and_reader_accept_the_same_answers_in_their_tidy_form(name, raw):
    assume(not longer_than_1000_years(raw))
    field = STANDARD.records["dataset"].fields[name]
    try:
        answer = tidy(parse_answer(field, raw, STANDARD))
    except InvalidAnswer:
        assert not in_context(name, raw)
    else:
        if answer == raw or raw in (None, "", []):
            assert in_context(name, raw)


@pytest.mark.parametrize("kind", BROKEN)
def test_the_schema_accepts_each_valid_and_rejects_each_broken_answer(kind):
    name = FIELD_OF[kind]
    assert [raw for raw in VALID[kind] if not in_context(name, raw)] == []
    assert [raw for raw in BROKEN[kind] if in_context(name, raw)] == []


def in_context(name, raw):
    """Return whether the schema accepts an answer: no error of the record concerns that field alone."""
    return not [
        error for error in validator("dataset", None).iter_errors({name: raw}) if list(error.path)[:1] == [name]
    ]


def longer_than_1000_years(raw):
    try:
        parse_duration(str(raw))
    except ValueError as error:
        return "1,000" in str(error) or "length of time" in str(error)
    return False


@settings(max_examples=150, deadline=None)
@given(raw=declarations(["privacy_class", "fitness_limits"]) | json_values)
def test_schema_and_reader_accept_the_same_declarations(raw):
    assume(not (isinstance(raw, str) and raw.lstrip().startswith("{")))
    _, problems = parse_declarations(raw, STANDARD.records["dataset"].fields)
    assert in_context(DECLARED_FIELD, raw) is (not problems)


# Answers of a dataset on which schema and checker disagree, in the order in which the page lists the reasons.
MILD = [{"retention_type": "fixed_period", "retention_period": "P1001Y", "retention_basis": "A law"}]
STRICT = [
    {"privacy_openness": " open "},
    {"sovereignty_storage_countries": ["nl"]},
    {"sovereignty_storage_countries": "NL\nDE"},
    {"ownership_suppliers": ["MeterWorks", ""]},
    {"governance_declared": '{"fitness_standards": {"state": "unknown"}}'},
]


@pytest.mark.parametrize(("text", "answers"), zip(TOO_MILD, MILD, strict=True), ids=TOO_MILD)
def test_what_the_schema_cannot_refuse_is_listed_truly(standard, current, text, answers):
    disposition = {"retention_disposition": "delete"}
    assert verdicts(standard, "dataset", current | disposition | answers, None) == (True, False)


@pytest.mark.parametrize(("text", "answers"), zip(TOO_STRICT, STRICT, strict=True), ids=TOO_STRICT)
def test_what_only_the_checker_tidies_is_listed_truly(standard, current, text, answers):
    assert verdicts(standard, "dataset", current | answers, None) == (False, True)


def patterns(value):
    if isinstance(value, dict):
        found = [value["pattern"]] if isinstance(value.get("pattern"), str) else []
        return found + [pattern for inner in value.values() for pattern in patterns(inner)]
    return [pattern for inner in value for pattern in patterns(inner)] if isinstance(value, list) else []


def test_its_patterns_are_those_of_javascript_too(standard):
    """Other validators read patterns as ECMA-262 in Unicode mode, where Python's escapes are mistakes."""
    node = Path(playwright.__file__).parent / "driver" / "node"
    found = sorted({pattern for kind in standard.records for pattern in patterns(json_schema(standard, kind))})
    samples = {text for texts in (*VALID.values(), *BROKEN.values()) for text in texts if isinstance(text, str)}
    script = """
        const [patterns, samples] = JSON.parse(require("fs").readFileSync(0, "utf8"));
        const test = (pattern) => samples.map((text) => new RegExp(pattern, "u").test(text));
        console.log(JSON.stringify(patterns.map(test)));
    """
    texts = sorted(samples)
    done = subprocess.run(
        [node, "-e", script], input=json.dumps([found, texts]), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[bool(re.search(pattern, text)) for text in texts] for pattern in found]


def is_date(text):
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


@pytest.mark.parametrize("year", [0, 1, 1900, 2000, 2023, 2024, 2100, 9999])
def test_the_pattern_of_dates_knows_the_calendar(year):
    """Validators need not assert `format`."""
    texts = [f"{year:04}-{month:02}-{day:02}" for month in range(14) for day in range(33)]
    assert [text for text in texts if re.search(DATE, text)] == [text for text in texts if is_date(text)]


def test_a_complete_record_is_valid(standard, current):
    assert verdicts(standard, "dataset", current, "NL") == (True, True)


def test_what_it_cannot_say_is_listed(standard):
    omitted = {rule: str(part) for rule, part in inexpressible_rules(standard, "dataset").items()}
    assert omitted == {
        "OSC-050": "governance_review_due:before",
        "OSC-052": "governance_reviewed_on:after_today",
    }


def test_texts_are_translated(standard):
    schema = json_schema(standard, "dataset", translate=str.upper)
    assert schema["properties"]["privacy_class"]["title"].isupper()
