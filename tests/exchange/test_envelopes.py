"""Envelopes around records: unwrapped where they are recognized, named where not, and never read as one record."""

import json

import pytest
from ckanext.opensmartcity.exchange import FieldNames, Problem, Row, field_names, read_records
from ckanext.opensmartcity.exchange.registers import load_register

RECORDS = [{"name": "one", "title": "One"}, {"name": "two", "privacy_class": "personal"}]


@pytest.fixture
def read(standard, tmp_path):
    """Read a JSON document with the field names of the standard, or of a register."""

    def read(document, register=None):
        path = tmp_path / "file.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
        names = field_names(standard)
        if register:
            names = FieldNames(frozenset(load_register(register).fields), frozenset(), load_register(register).is_chain)
        return list(read_records(path, names))

    return read


@pytest.mark.parametrize(
    "envelope",
    [
        {"help": "h", "success": True, "result": {"count": 2, "results": RECORDS}},
        {"success": True, "result": RECORDS},
        {"count": 2, "results": RECORDS},
        {"datasets": RECORDS},
        {"title": "Our portal", "datasets": RECORDS},
        {"whatever": RECORDS, "meta": {"n": 2}},
        RECORDS,
    ],
    ids=str,
)
def test_records_are_unwrapped_and_counted(read, envelope):
    items = read(envelope)
    assert [item.record for item in items] == RECORDS
    assert [item.number for item in items] == [1, 2]


def test_the_answer_of_package_show_is_one_record(read):
    assert [item.record for item in read({"success": True, "result": RECORDS[0]})] == RECORDS[:1]


def test_envelopes_in_a_row_are_counted_on(read):
    lines = "\n".join(map(json.dumps, [{"datasets": RECORDS}, RECORDS[0]]))
    assert [item.number for item in read(lines)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"meta": {"n": 2}, "records": [{"colour": "red"}, {"colour": "blue"}]}, "a list of 2 objects in “records”"),
        ({"success": False, "error": {"message": "Not found"}}, "Not found"),
        ({"success": True, "result": {"count": 0, "results": []}}, "count"),
        ({"conformsTo": "https://x.example", "dataset": [{"title": "x", "identifier": "1"}] * 60}, "catalogue in DCAT"),
        ({"@context": {}, "@graph": [{"@id": "x"}]}, "catalogue in DCAT"),
        ({"@context": {}, "dcat:dataset": [{"@id": "x"}]}, "catalogue in DCAT"),
    ],
)
def test_what_holds_no_records_is_named_and_no_record(read, document, says):
    first, last = read(document)
    assert isinstance(first, Problem)
    assert says in first.message.render()
    assert last.message.render() == "This file contains no readable record."


@pytest.mark.parametrize(
    "record",
    [
        {"name": "a", "resources": [{"url": "x"}], "extras": [{"key": "k", "value": "v"}]},
        {"name": "a", "contacts": [{"phone": "1"}]},
        {"name": "a", "results": [{"colour": "red"}]},
        {"name": "a", "datasets": []},
        {"colour": "red"},
    ],
)
def test_a_record_with_lists_stays_one_record(read, record):
    assert [item.record for item in read(record)] == [record]


def test_an_envelope_of_a_register_is_recognized_by_the_fields_of_the_register(read):
    records = [{"tool_name": "A"}, {"tool_name": "B"}]
    assert [item.record for item in read({"meta": {}, "records": records}, "atrs")] == records
    assert isinstance(read({"meta": {}, "records": records})[0], Problem)
    chain = {"id": "c", "datachain": [{"element": "x"}]}
    assert [item.record for item in read(chain, "dtpr")] == [chain]


def test_notes_of_a_file_are_told_from_records_that_are_lost(standard, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("name;colour;name\na;red;b\nb;blue;c;d\nc;green\n", encoding="utf-8")
    items = list(read_records(path, field_names(standard)))
    assert [item.loss for item in items if isinstance(item, Problem)] == [
        "nothing",
        "value",
        "value",
        "record",
        "nothing",
    ]
    assert [item.record["name"] for item in items if isinstance(item, Row)] == ["a", "c"]
