"""Parsing of `governance_declared`: valid declarations, and the field on which an error is reported."""

import json

import pytest
from ckanext.opensmartcity.standard import DECLARED_FIELD, Declaration, dump_declarations
from ckanext.opensmartcity.standard.record_reader import parse_declarations
from hypothesis import given
from standard.inputs import STANDARD, declarations

FIELDS = ("owner", "limits")
UNKNOWN = {"state": "unknown"}
WHY = {"state": "not_applicable", "reason": "It is a map."}


def problems(raw):
    return [(name, STANDARD.rule_roles[refused.role].id) for name, refused in parse_declarations(raw, FIELDS)[1]]


@pytest.mark.parametrize("as_sent", [dict, json.dumps], ids=["object", "JSON"])
def test_a_question_is_declared_unknown_or_not_applicable(as_sent):
    declared, refused = parse_declarations(as_sent({"owner": UNKNOWN, "limits": WHY}), FIELDS)
    assert declared == {"owner": Declaration("unknown"), "limits": Declaration("not_applicable", "It is a map.")}
    assert refused == []


@pytest.mark.parametrize("raw", [None, "", {}, "{}", " {} "], ids=repr)
def test_nothing_is_declared(raw):
    assert parse_declarations(raw, FIELDS) == ({}, [])


def test_unknown_may_have_a_reason():
    declared, _ = parse_declarations({"owner": UNKNOWN | {"reason": " We look for it. "}}, FIELDS)
    assert declared["owner"].reason == "We look for it."


def test_declarations_are_stored_as_they_were_given():
    declared, _ = parse_declarations({"owner": UNKNOWN, "limits": WHY}, FIELDS)
    assert dump_declarations(declared) == {"owner": UNKNOWN, "limits": WHY}


@pytest.mark.parametrize(
    "raw",
    [
        "{",
        "no JSON",
        "[]",
        '"owner"',
        "5",
        "null",
        "[" * 100_000,
        '{"a":' * 100_000,
        [],
        ["owner"],
        5,
        True,
        "1" * 5000,
    ],
    ids=lambda raw: repr(raw)[:20],
)
def test_osc_003_refuses_what_is_not_a_json_object(raw):
    assert problems(raw) == [(DECLARED_FIELD, "OSC-003")]


@pytest.mark.parametrize("name", ["title", "", DECLARED_FIELD, "\ud800", "x" * 9000], ids=lambda name: ascii(name)[:20])
def test_osc_003_refuses_what_is_not_a_question(name):
    assert problems({name: UNKNOWN}) == [(DECLARED_FIELD, "OSC-003")]


@pytest.mark.parametrize("name", ["\ud800", "\x00"], ids=ascii)
def test_a_refused_name_is_safe_to_write(name):
    [(_, refused)] = parse_declarations({name: UNKNOWN}, FIELDS)[1]
    assert "“\ufffd”" in refused.message.render()


@pytest.mark.parametrize(
    ("entry", "rule"),
    [
        pytest.param("unknown", "OSC-070", id="a text"),
        pytest.param(None, "OSC-070", id="null"),
        pytest.param([UNKNOWN], "OSC-070", id="a list"),
        pytest.param({}, "OSC-070", id="no state"),
        pytest.param({"state": "not_known"}, "OSC-070", id="another state"),
        pytest.param({"state": ["unknown"]}, "OSC-070", id="a list of states"),
        pytest.param({"state": "not_applicable"}, "OSC-070", id="not applicable without a reason"),
        pytest.param({"state": "not_applicable", "reason": " \n "}, "OSC-070", id="a blank reason"),
        pytest.param(UNKNOWN | {"by": "me"}, "OSC-003", id="another key"),
        pytest.param(UNKNOWN | {"reason": ["a"]}, "OSC-003", id="a list as reason"),
        pytest.param(UNKNOWN | {"reason": 5}, "OSC-003", id="a number as reason"),
        pytest.param(UNKNOWN | {"reason": {"a": {"b": []}}}, "OSC-003", id="an object as reason"),
        pytest.param(UNKNOWN | {"reason": "x" * 100_000}, "OSC-004", id="100 kB as reason"),
        pytest.param(UNKNOWN | {"reason": "a\0b"}, "OSC-004", id="a control character"),
        pytest.param(UNKNOWN | {"reason": "a\ud800b"}, "OSC-004", id="a lone surrogate"),
        pytest.param(UNKNOWN | {"reason": "<script>"}, "OSC-004", id="HTML"),
    ],
)
def test_a_wrong_declaration_is_refused_on_its_question(entry, rule):
    assert problems({"owner": entry}) == [("owner", rule)]


def test_one_wrong_declaration_does_not_hide_the_others():
    declared, refused = parse_declarations({"owner": 5, "limits": WHY}, FIELDS)
    assert list(declared) == ["limits"]
    assert [name for name, _ in refused] == ["owner"]


@given(declarations)
def test_any_json_is_read_or_refused_and_what_is_stored_reads_the_same(raw):
    fields = STANDARD.records["dataset"].fields
    declared, refused = parse_declarations(raw, fields)
    assert all(problem.message.render().encode() for _, problem in refused)
    assert parse_declarations(json.dumps(dump_declarations(declared)), fields) == (declared, [])
