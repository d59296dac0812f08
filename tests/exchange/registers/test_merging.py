"""Three-way merge of a record that is imported again: changes of the register are taken over, local edits stay."""

import json

import pytest
from ckanext.opensmartcity.exchange.registers import import_record
from ckanext.opensmartcity.exchange.registers.fields import current_answer
from ckanext.opensmartcity.exchange.three_way_merge import merge
from ckanext.opensmartcity.standard import Settings, assess
from hypothesis import given
from hypothesis import strategies as st

FIELDS = ("name", "goal", "status", "lawful_basis", "tags", "publiccode", "provider", "proportionality")
WORDS = st.sampled_from(["", "One.", "Two.", "onbekend", "n.v.t.", "In gebruik", "https://city.example/a", "a, b"])
RECORDS = st.dictionaries(st.sampled_from(FIELDS), WORDS)
OURS = ("title", "algorithm_purpose", "algorithm_status", "algorithm_legal_basis", "algorithm_supplier")
EDITS = st.dictionaries(st.sampled_from(OURS[1:]), st.sampled_from(["", "Ours.", "planned"]))


def imported(record):
    return json.loads(json.dumps(import_record("nl", record).record))


def patched(record, changes):
    """Return a record as CKAN stores it after a patch: empty answers are removed."""
    return {name: value for name, value in (record | changes).items() if value not in ("", [], {})}


@given(RECORDS, RECORDS, EDITS)
def test_local_edits_stay_and_the_rest_follows_the_register(standard, before, after, edits):
    old, new = imported(before), imported(after)
    stored = patched(old, edits)
    merged = merge(standard, stored, old, new)
    result = patched(stored, merged.changes)
    for name in OURS:
        ours, then, now, is_now = (current_answer(standard, name, record) for record in (stored, old, new, result))
        if ours != then:
            assert is_now == ours
        elif name != "title":
            assert is_now in (now, then)
    assert merge(standard, result, new, new).changes == {}


@given(RECORDS, RECORDS)
def test_without_edits_the_result_is_what_a_fresh_import_gives(standard, before, after):
    old, new = imported(before), imported(after)
    merged = merge(standard, old, old, new)
    assert merged.conflicts == ()
    result = patched(old, merged.changes)
    assert {**result, "name": new["name"]} == new
    assert assess(standard, result, Settings()).errors == ()


def test_a_change_on_both_sides_is_a_conflict_and_the_local_edit_stays(standard):
    old, new = imported({"name": "A", "goal": "One."}), imported({"name": "A", "goal": "Two."})
    merged = merge(standard, old | {"algorithm_purpose": "Ours."}, old, new)
    assert merged.conflicts == ("algorithm_purpose",)
    assert merged.changes.keys() == {"extras"}


def test_the_same_change_on_both_sides_is_none(standard):
    old, new = imported({"name": "A", "goal": "One."}), imported({"name": "A", "goal": "Two."})
    merged = merge(standard, old | {"algorithm_purpose": "Two."}, old, new)
    assert (merged.conflicts, merged.changes.keys()) == ((), {"extras"})


def test_other_extras_stay(standard):
    old, new = imported({"name": "A"}), imported({"name": "A", "lang": "NLD"})
    stored = old | {"extras": [{"key": "inventory", "value": "7"}, *old["extras"]]}
    assert {entry["key"] for entry in merge(standard, stored, old, new).changes["extras"]} == {
        "inventory",
        "register_source",
    }


@pytest.mark.parametrize("declared", ["Onbekend", "n.v.t."])
def test_a_question_is_never_both_answered_and_declared(standard, declared):
    old, new = imported({"name": "A", "goal": declared}), imported({"name": "A", "goal": "Two."})
    for first, second in ((old, new), (new, old)):
        result = patched(first, merge(standard, first, first, second).changes)
        assert assess(standard, result, Settings()).errors == ()
