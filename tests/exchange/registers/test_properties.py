"""Property tests with arbitrary register records: rejected, or imported without errors and without losing a value."""

import json

import pytest
from ckanext.opensmartcity.exchange.registers import (
    RegisterError,
    export_record,
    import_record,
    load_register,
    register_ids,
)
from ckanext.opensmartcity.exchange.registers.conversions import is_empty, strip_markup
from ckanext.opensmartcity.exchange.registers.importer import source_fields
from ckanext.opensmartcity.standard import Settings, assess, load_standard, shipped_folder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

STANDARD = load_standard(shipped_folder())
RELAXED = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))

MARKUP = ["<p>", "</p>", "<br", "&lt;", "&#60;b>", "<", ">", "\x00", "\ud800", "é", "x" * 3000]
HEADINGS = ["\n\n", "; ", ", ", ". ", " ", "Gegevens: ", "Risks: ", "role: "]
WORDS = ["2024-02", "n.v.t.", "unknown", "decides", "In gebruik", "prescriptive", "autonomous"]
CONTACTS = ["https://a.example/x", "info@a.example", "jan.jansen@a.example"]
PIECES = st.sampled_from(MARKUP + HEADINGS + WORDS + CONTACTS)
TEXTS = st.lists(PIECES | st.text(max_size=8), max_size=6).map("".join)
LINKS = st.lists(st.fixed_dictionaries({"title": st.none() | TEXTS, "link": st.none() | TEXTS}), max_size=3)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
LOCALISED = st.lists(st.fixed_dictionaries({"locale": st.sampled_from(["en", "fr"]), "value": TEXTS}), max_size=2)
ELEMENT_IDS = [one for ids in load_register("dtpr").elements.values() for one in ids]
ELEMENTS = st.fixed_dictionaries(
    {"element_id": st.sampled_from(ELEMENT_IDS) | VALUES},
    optional={
        "context_type_id": st.sampled_from(["deployer", "vendor", "autonomous", "human_decides", "x"]) | VALUES,
        "variables": VALUES
        | st.lists(
            st.fixed_dictionaries(
                {"id": st.sampled_from(["title", "description", "additional_description", "risk", "rights"]) | VALUES,
                 "value": LOCALISED | VALUES},
            )
            | VALUES,
            max_size=3,
        ),
        "sources": VALUES,
    },
)  # fmt: skip


def records(name):
    fields = st.sampled_from([field for field in load_register(name).fields if "." not in field])
    values = st.dictionaries(fields | st.text(max_size=6), TEXTS | LINKS | LOCALISED | VALUES, max_size=8)
    if name != "dtpr":
        return values
    chains = st.lists(ELEMENTS | VALUES, max_size=6)
    return st.builds(lambda record, elements: record | {"elements": elements}, values, chains) | values


@pytest.mark.parametrize("name", register_ids())
@RELAXED
@given(data=st.data())
def test_any_record_comes_back_whole_and_without_errors(name, data):
    record = data.draw(records(name))
    try:
        imported = import_record(name, record)
    except RegisterError:
        # Only records that JSON cannot represent are rejected.
        with pytest.raises(ValueError, match="Out of range"):
            json.dumps(record, allow_nan=False)
        return
    assert assess(STANDARD, imported.record, Settings()).errors == ()
    assert export_record(name, json.loads(json.dumps(imported.record))) == record
    reported = {value.theirs for value in (*imported.mapped, *imported.unmapped)}
    fields = source_fields(load_register(name), record)
    mapped = {line.theirs for line in load_register(name).lines}
    unreported = {field for field, value in fields.items() if not is_empty(value)} - reported
    # Mapped fields with only markup are not reported.
    assert all(field in mapped and has_no_text(fields[field]) for field in unreported), unreported


def has_no_text(value):
    if isinstance(value, str):
        return not strip_markup(value)
    return all(has_no_text(entry) for entry in (value.values() if isinstance(value, dict) else value or ()))


@pytest.mark.parametrize("name", register_ids())
@RELAXED
@given(data=st.data())
def test_any_change_can_be_written(name, data):
    record = data.draw(records(name))
    try:
        ours = import_record(name, record).record
    except RegisterError:
        return
    fields = st.sampled_from(["title", "tags", *STANDARD.records["algorithm"].fields])
    ours |= data.draw(st.dictionaries(fields, TEXTS | VALUES, max_size=5))
    back = export_record(name, ours)
    kept = record.keys() - {line.theirs for line in load_register(name).lines} - {"elements"}
    assert {field: back[field] for field in kept} == {field: record[field] for field in kept}


@pytest.mark.parametrize("name", register_ids())
@RELAXED
@given(data=st.data())
def test_texts_of_ours_come_back_from_a_record_that_was_never_theirs(name, data):
    register = load_register(name)
    plain_texts = st.text(st.characters(codec="ascii", categories=("L", "Zs")), min_size=1, max_size=20).map(str.strip)
    fresh = [line.ours for line in register.lines if line.fresh and line.part is None and line.conversion == "text"]
    ours = data.draw(st.dictionaries(st.sampled_from(fresh), plain_texts.filter(bool), min_size=1))
    # A word for "unknown" is a declaration on their side.
    ours = {field: text for field, text in ours.items() if text.casefold() not in register.says_nothing}
    back = import_record(name, export_record(name, {"title": "T", **ours})).record
    assert {field: back[field] for field in ours} == ours
