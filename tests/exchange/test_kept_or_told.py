"""Each input value ends in the record, in an extra, or in the report: one property for the doors of files."""

import csv
import io
import json

import pytest
from ckanext.opensmartcity.exchange import Problem, field_names
from ckanext.opensmartcity.exchange.record_mapping import parse_incoming
from ckanext.opensmartcity.exchange.records import read_stream
from ckanext.opensmartcity.exchange.registers import SOURCE_KEY, import_record, load_register, register_ids
from hypothesis import given
from hypothesis import strategies as st

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
SCALARS = TEXTS | st.booleans() | st.integers(-9, 9) | st.none()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2), max_leaves=4
)
OWN = ["name", "title", "notes", "tags", "extras", "resources", "private", "id", "ownership_owner", "privacy_class"]
OWN += ["governance_review_due", "sovereignty_storage_countries", "state", "colour"]


def leaves(value):
    if isinstance(value, dict):
        return [leaf for entry in value.values() for leaf in leaves(entry)]
    if isinstance(value, list | tuple):
        return [leaf for entry in value for leaf in leaves(entry)]
    return [] if value is None or value == "" else [str(value)]


@given(st.dictionaries(st.sampled_from(OWN), VALUES, max_size=6))
def test_our_own_records(standard, row):
    incoming = parse_incoming(standard, row, "dataset")
    told = {*incoming.invalid, *incoming.dropped, *incoming.ignored}
    kept = leaves(incoming.record)
    for name, value in row.items():
        if name not in told and name != "private":
            assert name in incoming.record or (name == "tags" and "tag_string" in incoming.record)
            # Ids and states of parts belong to the portal of origin.
            lists = value if isinstance(value, list) and name in ("extras", "resources", "tags") else []
            lost = [leaf for leaf in leaves([] if lists else value) if leaf not in kept]
            assert not lost


@pytest.mark.parametrize("register", register_ids())
@given(data=st.data())
def test_records_of_registers(standard, register, data):
    fields = sorted(load_register(register).fields) if not load_register(register).is_chain else ["id", "title"]
    source = data.draw(st.dictionaries(st.sampled_from([*fields, "colour"]), VALUES, max_size=6))
    imported = import_record(register, source, standard=standard)
    extra = next(each["value"] for each in imported.record["extras"] if each["key"] == SOURCE_KEY)
    assert json.loads(extra)["record"] == source


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@given(
    st.lists(st.sampled_from(["name", "title", "colour", "privacy_class", ""]), min_size=1, max_size=5),
    st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=4),
    st.sampled_from(",;\t|"),
)
def test_cells_of_a_table(standard, header, rows, separator):
    file = io.StringIO()
    writer = csv.writer(file, delimiter=separator)
    header = ["notes", *header]  # a separator is recognized by the columns that are known
    writer.writerows([header, *rows])
    items = list(read_stream(io.BufferedReader(io.BytesIO(file.getvalue().encode())), field_names(standard), "csv"))
    told_lines = {item.line for item in items if isinstance(item, Problem)}
    told_columns = {item.field for item in items if isinstance(item, Problem) and item.line == 1}
    unnamed = any("has no name" in item.message.render() for item in items if isinstance(item, Problem))
    records = {item.line: item.record for item in items if not isinstance(item, Problem)}
    for line, row in enumerate(rows, 2):
        for number, cell in enumerate(row):
            if not cell or line in told_lines or not any(row):
                continue
            name = header[number]
            is_told = name in told_columns or (not name and unnamed)
            assert is_told or cell in records[line].values()


@given(
    st.lists(st.dictionaries(st.sampled_from(["name", "title", "colour"]), VALUES, min_size=1), min_size=1, max_size=3)
)
def test_records_in_a_list_in_lines_and_in_an_envelope_are_the_same(standard, rows):
    names = field_names(standard)

    def read(text, form):
        return list(read_stream(io.BufferedReader(io.BytesIO(text.encode())), names, form))

    in_list = read(json.dumps(rows), "json")
    in_lines = read("\n".join(map(json.dumps, rows)), "jsonl")
    assert [item.record for item in in_list if not isinstance(item, Problem)] == [
        item.record for item in in_lines if not isinstance(item, Problem)
    ]
    assert len(in_list) >= len(rows)
    if any({"name", "title"} & row.keys() for row in rows):
        in_envelope = read(json.dumps({"success": True, "result": {"results": rows}}), "json")
        assert [item.record for item in in_envelope if not isinstance(item, Problem)] == rows
