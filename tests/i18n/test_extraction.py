"""Extraction of texts from the YAML files of the standard by Babel."""

from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from ckanext.opensmartcity.i18n_extraction import extract_yaml
from ckanext.opensmartcity.standard import AnswerType, list_standard
from ckanext.opensmartcity.standard.i18n import DOMAIN

ROOT = Path(__file__).parents[2]
WRITTEN_OUT = {
    AnswerType.TEXT,
    AnswerType.LONG_TEXT,
    AnswerType.TEXT_OR_URL,
    AnswerType.TEXTS,
    AnswerType.TEXTS_OR_URIS,
}


def extract(text):
    return list(extract_yaml(BytesIO(text.encode()), (), (), options={}))


@pytest.fixture(scope="module")
def collected():
    with (ROOT / "i18n" / f"{DOMAIN}.pot").open("rb") as source:
        return {message.id: message for message in read_po(source) if message.id}


def fields_of(standard):
    return [field for record in standard.records.values() for field in record.fields.values()]


def test_every_text_of_the_standard_is_collected(standard, collected):
    texts = set()
    list_standard(standard, lambda text: texts.add(text) or text)
    shown_as_they_are = {field.example for field in fields_of(standard) if field.type not in WRITTEN_OUT}
    assert texts - shown_as_they_are
    assert not texts - shown_as_they_are - collected.keys()


def test_examples_that_are_codes_dates_or_addresses_are_not_collected(standard, collected):
    kept = {field.example for field in fields_of(standard) if field.type not in WRITTEN_OUT and field.example}
    assert kept
    assert not kept & collected.keys()


def test_a_text_tells_where_it_stands(collected):
    assert collected["Accountable organisation"].auto_comments == ["ownership_owner: label"]
    assert collected["Legitimate interest"].auto_comments == ["privacy_legal_basis/A6-1-f: label"]
    assert collected["Sensitive data must not be open"].auto_comments == ["OSC-010: title"]


def test_lines_and_nesting():
    codes = "  - code: red\n    label: Red\n    definition: >-\n      Like\n      fire.\n"
    assert extract(f"id: colour\nlabel: Colour\ncodes:\n{codes}") == [
        (2, "", "Colour", ["colour: label"]),
        (5, "", "Red", ["colour/red: label"]),
        (6, "", "Like fire.", ["colour/red: definition"]),
    ]


@pytest.mark.parametrize(
    ("preset", "collected"),
    [("text", True), ("long_text", True), ("texts", True), ("date", False), ("code", False), ("contact", False)],
)
def test_an_example_is_a_text_only_where_the_answer_is(preset, collected):
    found = extract(f"- field_name: size\n  preset: opensmartcity_{preset}\n  example: Large\n")
    assert bool(found) is collected


def test_what_ckan_translates_itself_is_left_to_ckan(collected):
    assert extract("- field_name: title\n  label: Title\n  form_placeholder: eg. A descriptive title\n") == []
    assert extract("- field_name: url\n  label: Shoe size\n") == [(2, "", "Shoe size", ["url: label"])]
    assert extract("- field_name: url\n  form_placeholder: http://example.com/shoes\n") == []
    theirs = [collected[text] for text in ("Title", "Tags", "License") if text in collected]
    places = {file for message in theirs for file, _ in message.locations}
    assert not [file for file in places if file.startswith("schemas")]


def test_a_label_of_the_standard_is_collected_even_if_ckan_has_it(collected):
    assert collected["Status"].auto_comments == ["algorithm_status: label"]


def test_only_name_and_about_of_the_standards_head_are_collected():
    head = "name: Standard\nversion: 1.0.0\nnamespace: https://example.org#\nabout: All.\n"
    assert [(text, comments) for _, _, text, comments in extract(head)] == [("Standard", ["name"]), ("All.", ["about"])]


@pytest.mark.parametrize("text", ["", "# nothing\n", "label:\n", "label: ''\n", "label: [a, b]\n"])
def test_a_file_without_texts_gives_none(text):
    assert extract(text) == []
