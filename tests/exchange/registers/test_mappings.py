"""Mapping files: they name only fields and codes that exist, and errors are reported with file and line."""

import json

import pytest
from ckanext.opensmartcity.exchange.registers import RegisterError, import_record, load_register, register_ids
from ckanext.opensmartcity.exchange.registers.conversions import EXPORTERS, IMPORTERS
from ckanext.opensmartcity.exchange.registers.mapping import CKAN_FIELDS, CONVERSIONS, parse_register
from ckanext.opensmartcity.standard import AnswerType, SourceError
from ckanext.opensmartcity.standard.yaml_source import read

REGISTERS = pytest.mark.parametrize("name", register_ids())
FITTING = {
    AnswerType.TEXT: {"line"},
    AnswerType.LONG_TEXT: {"text", "links"},
    AnswerType.TEXT_OR_URL: {"line", "links"},
    AnswerType.CODE: {"code"},
    AnswerType.DATE: {"month_start", "month_end", "date"},
    AnswerType.CONTACT: {"contact", "contact_in"},
    AnswerType.URL: {"url"},
    AnswerType.URLS: {"urls", "link_urls"},
}
OF_CKAN = {"title": {"line"}, "notes": {"text"}, "url": {"url"}, "tags": {"tags"}}


def test_there_are_four_registers():
    assert register_ids() == ("atrs", "dtpr", "eurocities", "nl")


@REGISTERS
def test_each_line_leads_to_a_field_of_ours_by_a_conversion_that_fits(standard, name):
    fields = standard.records["algorithm"].fields
    for line in load_register(name).lines:
        assert line.ours in fields or line.ours in CKAN_FIELDS, line
        fitting = FITTING[fields[line.ours].type] if line.ours in fields else OF_CKAN[line.ours]
        assert line.conversion in fitting, line


@REGISTERS
def test_each_code_is_one_of_our_vocabulary_and_each_word_back_one_of_theirs(standard, name):
    for line in load_register(name).lines:
        if line.conversion == "code":
            ours = standard.vocabulary_of(standard.records["algorithm"].fields[line.ours]).codes
            assert set(line.codes.values()) <= set(ours), line.theirs
            assert set(line.back or ()) <= set(ours), line.theirs
            assert set((line.back or {}).values()) <= set(line.codes), line.theirs


@REGISTERS
def test_declared_states_exist_in_the_standard(name):
    assert set(load_register(name).says_nothing.values()) <= {"unknown", "not_applicable"}


@REGISTERS
def test_no_field_is_both_mapped_and_unmapped_except_by_wildcard(name):
    register = load_register(name)
    mapped = {line.theirs for line in register.lines}
    assert [field for field in register.unmapped if field in mapped and "*" not in register.rows[field]] == []


@REGISTERS
def test_every_required_field_is_named(name):
    register = load_register(name)
    assert set(register.required) <= set(register.fields)


def test_the_required_fields_of_the_notes_are_required_here():
    dutch = """name description_short organization status contact_email publication_category goal proportionality
    human_intervention risks lang"""
    assert set(dutch.split()) <= set(load_register("nl").required)
    eurocities = """name description_short organization department contact_email area domain status
    decision_making_process goal impact risks risk_category proportionality lawful_basis training_data source_data
    connected_data_sources algorithm_type monitoring type human_intervention objection_procedure standard_version lang
    publication_date last_change_date revision_date"""
    assert set(eurocities.split()) <= set(load_register("eurocities").required)


def test_each_chain_element_belongs_to_its_category(metadata):
    lines = (metadata / "dtpr" / "ai_elements_2026-08-12-beta.jsonl").read_text(encoding="utf-8").splitlines()
    elements = {(one["category_id"], one["id"]) for one in map(json.loads, lines)}
    assert elements == {(category, one) for category, ids in load_register("dtpr").elements.items() for one in ids}


def test_every_conversion_goes_both_ways():
    assert set(IMPORTERS) == set(EXPORTERS) == set(CONVERSIONS)


def test_an_unknown_register_is_rejected_with_the_known_ones():
    with pytest.raises(RegisterError, match="atrs, dtpr, eurocities, nl"):
        import_record("mars", {})


HEAD = "register: R\nstandard: s\nlink: l\nconstants: {}\nsays_nothing: {}\nalso_required: [a]\nhomeless: {a: b}\n"
HEAD += "fields:\n"
MISTAKES = {
    "unknown conversion": ("  - {theirs: a, ours: title, as: lime}\n", r"r\.yaml:9: unknown conversion 'lime'.*line"),
    "codes missing": ("  - {theirs: a, ours: algorithm_status, as: code}\n", r"r\.yaml:9: .*has 'codes'"),
    "unknown key": ("  - {theirs: a, ours: title, as: line, requird: true}\n", r"r\.yaml:9: unknown key 'requird'"),
    "part of nothing": ("  - {theirs: a, ours: title, as: line, part: P}\n", r"r\.yaml:8: the part 'P'"),
}


@pytest.mark.parametrize(("text", "message"), MISTAKES.values(), ids=MISTAKES.keys())
def test_errors_are_reported_with_file_and_line(tmp_path, text, message):
    (tmp_path / "r.yaml").write_text(HEAD + text)
    with pytest.raises(SourceError, match=message):
        parse_register("r", read(tmp_path / "r.yaml"))
