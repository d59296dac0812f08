"""Every invented and real record in and out again: each field as it was, no error by our standard, nothing lost."""

import json

import pytest
from ckanext.opensmartcity.exchange.registers import (
    SOURCE_KEY,
    export_record,
    import_record,
    load_register,
    missing_required,
    register_ids,
    unexportable_answers,
)
from ckanext.opensmartcity.exchange.registers.conversions import is_empty
from ckanext.opensmartcity.exchange.registers.importer import source_fields
from ckanext.opensmartcity.standard import Settings, assess
from support.metadata import INVENTED

REGISTERS = pytest.mark.parametrize("name", register_ids())


def stored(record):
    """Return a record as CKAN returns it, after JSON."""
    return json.loads(json.dumps(record))


def test_the_records_are_there(samples, metadata):
    invented = {"nl": 8, "atrs": 8, "dtpr": 3, "eurocities": 4}
    real = {"nl": 36, "atrs": 68, "dtpr": 2, "eurocities": 4}
    numbers = {name: len(records) for name, records in samples.items()}
    assert numbers == (invented if metadata == INVENTED else real)


@REGISTERS
def test_each_record_comes_back_field_by_field(samples, name):
    for record in samples[name]:
        back = export_record(name, stored(import_record(name, record).record))
        for field in record.keys() | back.keys():
            assert field in back, field
            assert field in record, field
            assert back[field] == record[field], field
        assert back == record


@REGISTERS
def test_no_imported_record_has_an_error(samples, name, standard):
    for record in samples[name]:
        ours = import_record(name, record).record
        assert ours["type"] == "algorithm"
        assert ours["title"]
        assert assess(standard, ours, Settings()).errors == ()


@REGISTERS
def test_every_value_is_kept_or_told_of(samples, name):
    for record in samples[name]:
        imported = import_record(name, record)
        reported = {value.theirs for value in (*imported.mapped, *imported.unmapped)}
        filled = {field for field, value in source_fields(load_register(name), record).items() if not is_empty(value)}
        assert filled == reported


@REGISTERS
def test_the_record_travels_along_under_one_extra(samples, name):
    for record in samples[name]:
        extras = import_record(name, record).record["extras"]
        assert [extra["key"] for extra in extras] == [SOURCE_KEY]
        assert json.loads(extras[0]["value"]) == {"register": name, "record": record}


@REGISTERS
def test_imported_twice_is_the_same_record(samples, name):
    for record in samples[name]:
        shuffled = dict(reversed(record.items()))
        assert import_record(name, shuffled).record == import_record(name, record).record


@REGISTERS
def test_only_what_is_changed_with_us_changes_with_them(samples, name):
    for record in samples[name]:
        ours = stored(import_record(name, record).record)
        ours["title"] = "Another title"
        back = export_record(name, ours)
        changed = {field for field in record if back.get(field) != record[field]}
        assert changed <= {"name", "tool_name", "title"}
        assert import_record(name, back).record["title"] == "Another title"


@REGISTERS
def test_every_answer_that_is_changed_comes_back_changed(samples, name, standard):
    for record in samples[name][:5]:
        ours = stored(import_record(name, record).record)
        for field in [line.ours for line in load_register(name).lines if line.conversion == "text"]:
            changed = ours | {field: "A new answer, written by the steward."}
            again = import_record(name, export_record(name, changed)).record
            assert again[field] == changed[field], field


@REGISTERS
def test_an_answer_that_is_taken_out_is_gone(samples, name):
    for record in samples[name][:5]:
        ours = stored(import_record(name, record).record)
        # Another field of theirs still gives these answers.
        second = {line.ours for line in load_register(name).lines if "Used where" in line.why}
        second |= {line.ours for line in load_register(name).lines if line.conversion == "contact_in"}
        for field in {key for key in ours if key.startswith("algorithm_") or key == "notes"} - second:
            less = {key: value for key, value in ours.items() if key != field}
            again = import_record(name, export_record(name, less)).record
            assert again.get(field) in (None, ""), field


@REGISTERS
def test_every_record_can_be_written_for_every_other_register(samples, name, standard):
    for record in samples[name][:5]:
        ours = import_record(name, record).record
        for other in register_ids():
            exported = export_record(other, ours)
            again = import_record(other, exported)
            assert assess(standard, again.record, Settings()).errors == ()
            assert again.record["title"] == ours["title"]
            if other == name:
                assert exported == record
                assert unexportable_answers(other, ours) == ()


def test_a_record_of_our_own_fills_the_fields_that_it_answers():
    ours = {
        "type": "algorithm",
        "name": "permit-check",
        "title": "Permit check",
        "algorithm_status": "pilot",
        "algorithm_started_on": "2024-09-17",
        "algorithm_owner": "Parking",
        "algorithm_assessments": ["https://city.example/a", "https://city.example/b", "https://city.example/c"],
        "algorithm_bias_check": "done",
    }
    assert export_record("nl", ours) == {
        "lang": "NLD",
        "standard_version": "1.0",
        "name": "Permit check",
        "organization": "Parking",
        "status": "In gebruik",
        "begin_date": "2024-09",
        "impacttoetsen_grouping": [
            {"title": f"https://city.example/{letter}", "link": f"https://city.example/{letter}"} for letter in "abc"
        ],
        "source_id": "permit-check",
    }
    assert set(unexportable_answers("nl", ours)) == {"algorithm_status", "algorithm_started_on", "algorithm_bias_check"}
    assert "contact_email" in missing_required("nl", export_record("nl", ours))
    eurocities = export_record("eurocities", ours)
    assert (eurocities["DPIA_url"], eurocities["AIA_url"]) == ("https://city.example/a", "https://city.example/b")
    assert "algorithm_assessments" in unexportable_answers("eurocities", ours)


def test_a_chain_of_our_own_has_the_elements_that_it_needs():
    ours = {
        "name": "permit-check",
        "title": "Permit check",
        "algorithm_owner": "Parking",
        "algorithm_supplier": "PermitSoft; what it does: built it",
        "algorithm_decision": "decides",
        "algorithm_explanation": "It compares lists.\n\nData in, Operational data: The lists.",
    }
    chain = export_record("dtpr", ours)
    assert (chain["id"], chain["schema_version"]) == ("permit-check", "ai@2026-08-12-beta")
    assert [(one["element_id"], one.get("context_type_id")) for one in chain["elements"]] == [
        ("institution", "deployer"),
        ("organization", "vendor"),
        ("analytical_mode", "autonomous"),
        ("input_operational_data", None),
    ]
    assert unexportable_answers("dtpr", ours) == ()
