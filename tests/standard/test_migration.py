"""Migration of records: no answer is lost, and decisions for a person are returned as notices."""

import json
from pathlib import Path

import pytest
from ckanext.opensmartcity.standard import SourceError, assess, load_standard, shipped_folder
from ckanext.opensmartcity.standard.migration import (
    VERSION_FIELD,
    NoPathError,
    earlier_answers,
    migrate,
    recorded_version,
    version_to_store,
)
from ckanext.opensmartcity.standard.migration_notes import migration_path
from ckanext.opensmartcity.standard.release import released_in
from hypothesis import given
from hypothesis import strategies as st

FILE = Path(__file__).parents[1] / "data" / "records-0.9.0.jsonl"
EARLIER = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
NAMES = [record["name"] for record in EARLIER]
NOTE = """\
from: 1.0.0
to: 1.1.0
title: Next
steps:
  - {field: ownership_custodian, becomes: ownership_keeper, message: Shorter.}
"""


def earlier(name):
    return next(record for record in EARLIER if record["name"] == f"{name}-090")


def texts(record):
    """Return every piece of text of a record, wherever it stands."""
    return json.dumps(record, ensure_ascii=False)


def test_the_records_use_the_questions_and_codes_of_their_version():
    kept = released_in(shipped_folder())("0.9.0")
    fields = {name.partition(" ")[2]: entry for name, entry in kept["field"].items()}
    for record in EARLIER:
        answers = record.keys() - {"name", "title", "type", "license_id", "governance_declared", VERSION_FIELD}
        assert answers <= fields.keys()
        for name in answers:
            if fields[name]["vocabulary"] and fields[name]["type"] == "code":
                assert f"{fields[name]['vocabulary']}/{record[name]}" in kept["code"]


@pytest.mark.parametrize("record", EARLIER, ids=NAMES)
def test_a_record_of_the_draft_is_known_as_one(standard, record):
    assert recorded_version(standard, record) == "0.9.0"
    assert earlier_answers(standard, record)


@pytest.mark.parametrize("record", EARLIER, ids=NAMES)
def test_a_migrated_record_has_no_error_and_says_its_version(standard, settings, record):
    done = migrate(standard, record)
    assert done.record[VERSION_FIELD] == "1.0.0"
    assert assess(standard, done.record, settings).errors == ()
    assert migrate(standard, done.record).record == done.record
    assert earlier_answers(standard, done.record) == ()


@pytest.mark.parametrize("record", EARLIER, ids=NAMES)
def test_nothing_is_lost_on_the_way(standard, record):
    codes = {"municipal_cloud": "own_premises", "sensitive": "special_category", "advises": "recommends"}
    done = texts(migrate(standard, record).record)
    for name, value in record.items():
        if name != VERSION_FIELD:
            for text in [value] if isinstance(value, str) else value:
                assert codes.get(text, text) in done or name == "governance_declared", (name, text)


def test_the_given_record_stays_as_it_was(standard):
    before = texts(EARLIER)
    for record in EARLIER:
        migrate(standard, record)
    assert texts(EARLIER) == before


def test_a_renamed_question_keeps_its_answer_and_a_renamed_or_merged_code_gets_its_new_name(standard):
    care = migrate(standard, earlier("care-requests")).record
    assert care["ownership_owner"] == "Mobility Department"
    assert care["retention_disposition"] == "delete"
    assert care["privacy_class"] == "special_category"
    assert care["sovereignty_storage_kind"] == "own_premises"
    assert not {"ownership_organisation", "retention_action"} & care.keys()
    assert migrate(standard, earlier("permit-check")).record["algorithm_decision"] == "recommends"


def test_a_split_code_is_left_to_a_person_and_the_old_answer_is_told(standard):
    done = migrate(standard, earlier("travel-patterns"))
    assert "privacy_class" not in done.record
    declared = done.record["governance_declared"]["privacy_class"]
    assert declared["state"] == "unknown"
    assert "deidentified" in declared["reason"]
    assert "Made anonymous, Names replaced by codes" in declared["reason"]
    assert ("privacy_class", True) in {(notice.field, notice.open) for notice in done.notices}


def test_a_question_that_is_gone_leaves_its_answer_in_the_text_that_the_note_names(standard):
    done = migrate(standard, earlier("bicycle-counts"))
    assert done.record["fitness_limits"].endswith("well.\n\nRating of the quality: fair")
    assert "fitness_rating" not in done.record


def test_a_text_without_room_leaves_the_answer_among_the_extras(standard):
    record = earlier("bicycle-counts") | {"fitness_limits": "x" * 7990}
    done = migrate(standard, record).record
    assert done["extras"] == [{"key": "fitness_rating", "value": "fair"}]
    assert done["fitness_limits"] == "x" * 7990


def test_a_new_required_question_is_told(standard):
    done = migrate(standard, earlier("bicycle-counts"))
    assert ("sovereignty_foreign_access", True) in {(notice.field, notice.open) for notice in done.notices}


def test_declarations_follow_their_question(standard):
    declared = migrate(standard, earlier("parking-garages")).record["governance_declared"]
    assert declared["ownership_owner"] == {"state": "unknown"}
    assert declared["retention_disposition"]["reason"] == "It is kept."


def test_two_answers_for_one_question_are_both_kept(standard):
    record = earlier("bicycle-counts") | {"ownership_owner": "Parks"}
    done = migrate(standard, record)
    assert done.record["ownership_owner"] == "Parks"
    assert {"key": "ownership_organisation", "value": "Mobility Department"} in done.record["extras"]
    assert ("ownership_organisation", True) in {(notice.field, notice.open) for notice in done.notices}


def test_answers_among_the_extras_are_found_and_taken_out_of_them(standard):
    record = {key: value for key, value in earlier("bicycle-counts").items() if not key.startswith("ownership_org")}
    extras = [{"key": "ownership_organisation", "value": "Parks"}, {"key": "inventory", "value": "17"}]
    done = migrate(standard, record | {"extras": extras}).record
    assert done["ownership_owner"] == "Parks"
    assert done["extras"] == [{"key": "inventory", "value": "17"}]


def test_a_record_of_this_version_or_without_answers_is_left_as_it_is(standard, current):
    for record in (current, current | {VERSION_FIELD: "1.0.0"}, {"title": "Nothing"}):
        done = migrate(standard, record)
        assert (done.record, done.notices) == (record, ())


def test_a_version_that_no_note_knows_is_refused(standard, current):
    with pytest.raises(NoPathError, match=r"There is no migration from version 7\.0\.0 to version 1\.0\.0"):
        migrate(standard, current | {VERSION_FIELD: "7.0.0"})
    with pytest.raises(NoPathError):
        migrate(standard, current | {VERSION_FIELD: "1.0.0"}, "0.9.0")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
old_names = st.sampled_from(
    ["ownership_organisation", "retention_action", "privacy_class", "fitness_rating", "fitness_limits", "extras",
     "governance_declared", "ownership_owner", "sovereignty_storage_kind", VERSION_FIELD]
)  # fmt: skip
codes = st.sampled_from(["sensitive", "deidentified", "municipal_cloud", "0.9.0", "fair"])


@given(st.dictionaries(old_names, values | codes | st.lists(values | codes, max_size=3), max_size=6))
def test_whatever_a_record_holds_it_is_migrated_or_refused_and_never_falls_over(record):
    standard = _shipped()
    earlier_answers(standard, record)
    version_to_store(standard, record, None, changed=True)
    try:
        done = migrate(standard, record)
    except NoPathError:
        return
    assert migrate(standard, done.record).record == done.record


def _shipped(cache=[]):  # noqa: B006  (hypothesis allows no fixtures of a function)
    return cache[0] if cache else cache.append(load_standard(shipped_folder())) or cache[0]


def test_a_record_is_marked_when_its_answers_are_saved(standard, current):
    assert version_to_store(standard, current, None, changed=True) == "1.0.0"
    assert version_to_store(standard, current, None, changed=False) is None
    assert version_to_store(standard, current, "0.9.0", changed=False) == "0.9.0"
    assert version_to_store(standard, current | {VERSION_FIELD: "1.0.0"}, "0.9.0", changed=False) == "1.0.0"
    assert version_to_store(standard, current | {VERSION_FIELD: "made up"}, None, changed=True) == "1.0.0"


def test_a_record_stays_with_its_version_while_an_answer_of_it_waits(standard):
    record = earlier("bicycle-counts")
    assert version_to_store(standard, record, None, changed=True) == "0.9.0"
    assert version_to_store(standard, record | {VERSION_FIELD: "1.0.0"}, None, changed=True) == "0.9.0"
    assert version_to_store(standard, migrate(standard, record).record, "0.9.0", changed=True) == "1.0.0"


@pytest.fixture
def city(tmp_path):
    """Load the standard with a note of a city."""

    def city(text, version="1.1.0"):
        (tmp_path / "migrations").mkdir(exist_ok=True)
        (tmp_path / "migrations" / "next.yaml").write_text(text, encoding="utf-8")
        (tmp_path / "standard.yaml").write_text(f"version: {version}\n", encoding="utf-8")
        return load_standard(shipped_folder(), tmp_path)

    return city


def test_notes_are_walked_one_after_the_other(city):
    standard = city(NOTE)
    record = earlier("bicycle-counts") | {"ownership_custodian": "Parking team"}
    done = migrate(standard, record)
    assert (done.target, done.record[VERSION_FIELD]) == ("1.1.0", "1.1.0")
    assert done.record["ownership_owner"] == "Mobility Department"
    assert done.record["ownership_keeper"] == "Parking team"
    assert migrate(standard, record, "1.0.0").record["ownership_custodian"] == "Parking team"


def test_a_citys_own_version_of_ours_needs_no_note(city):
    standard = city(NOTE.replace("1.0.0", "2.0.0").replace("1.1.0", "2.1.0"), "1.0.0+zuiderhaven.1")
    assert migrate(standard, earlier("bicycle-counts")).record[VERSION_FIELD] == "1.0.0+zuiderhaven.1"
    assert (
        migrate(standard, {"ownership_owner": "Parks", VERSION_FIELD: "1.0.0"}).record[VERSION_FIELD]
        == "1.0.0+zuiderhaven.1"
    )
    assert migration_path(standard.migrations, "1.0.0+zuiderhaven.1", "1.0.0") is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (NOTE.replace("becomes", "becoms"), "did you mean 'becomes'"),
        (NOTE.replace("becomes: ownership_keeper, ", ""), "give one of"),
        (NOTE.replace("becomes: ownership_keeper", "removed: true, asked: true"), "give one of"),
        (NOTE.replace("becomes: ownership_keeper", "asked: true, into: fitness_limits"), "'into' can be combined"),
        (NOTE.replace("becomes: ownership_keeper", "codes: {}"), "'codes' must give"),
        (NOTE.replace(", message: Shorter.", ""), "'message' must be a text"),
        (NOTE.replace("to: 1.1.0\n", ""), "'to' must be a text"),
    ],
)
def test_a_mistake_in_a_note_is_told_with_file_and_line(city, text, reason):
    with pytest.raises(SourceError, match=r"next.yaml:\d+: ") as caught:
        city(text)
    assert reason in str(caught.value)


def test_every_name_and_code_that_our_notes_lead_to_is_there(standard):
    for step in (step for note in standard.migrations if note.target == "1.0.0" for step in note.steps):
        fields = standard.records[step.record].fields
        for name in filter(None, (step.becomes, step.into)):
            assert name in fields
        if step.codes:
            known = standard.vocabulary_of(fields[step.becomes or step.field]).codes
            assert {code for new in step.codes.values() for code in new} <= set(known)
        assert step.asked is False or fields[step.field].obligation == "always"


def test_our_notes_cover_every_question_and_code_that_is_gone(standard):
    kept = released_in(shipped_folder())
    before, after = kept("0.9.0"), kept("1.0.0")
    steps = [step for note in standard.migrations for step in note.steps]
    gone = {name.partition(" ")[2] for name in before["field"].keys() - after["field"].keys()}
    assert gone == {step.field for step in steps if step.becomes or step.removed}
    codes = {name for name in before["code"].keys() - after["code"].keys() if not name.startswith("fitness_rating/")}
    assert codes == {f"{step.field}/{old}" for step in steps if step.codes for old in step.codes}
