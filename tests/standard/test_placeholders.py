"""Placeholders: their words in each language, their state, and no false alarm on plausible answers."""

from __future__ import annotations

from datetime import date

import pytest
from ckanext.opensmartcity.portal import demo
from ckanext.opensmartcity.standard import Settings, assess, shipped_languages
from standard.inputs import STANDARD

CITY = demo.read_city(date(2026, 6, 1)).packages
WORDS = [(code, word) for code, words in STANDARD.placeholders.words.items() for word in words]
RULE = "OSC-053"


def concerns(record):
    assessment = assess(STANDARD, record, Settings(home="NL", today=date(2026, 6, 1)))
    return {name for finding in assessment.concerns if finding.rule == RULE for name in finding.fields}


def test_there_are_words_of_each_shipped_language():
    assert set(STANDARD.placeholders.words) == set(shipped_languages())


@pytest.mark.parametrize(("code", "word"), WORDS)
def test_a_placeholder_counts_as_not_known_in_any_spelling(code, word):
    for spelling in (word, word.upper(), f" {word}. ", f"({word}?)", word.replace(" ", "-")):
        assessment = assess(STANDARD, {"fitness_limits": spelling}, Settings())
        assert assessment.states["fitness_limits"].state == "unknown", (code, spelling)
        assert "fitness_limits" in assessment.unknown


@pytest.mark.parametrize("record", CITY, ids=lambda record: record["name"])
def test_no_answer_of_the_demo_city_is_a_false_alarm(record):
    assert concerns(record) == set()


@pytest.mark.parametrize("kind", STANDARD.records)
def test_no_example_of_the_standard_is_a_false_alarm(kind):
    examples = {
        field.name: [field.example] if field.type.is_list else field.example
        for field in STANDARD.records[kind].fields.values()
        if field.example and field.type.is_prose
    }
    assert concerns(examples | {"type": kind}) == set()


@pytest.mark.parametrize(
    "text", ["PO", "IT", "公園課", "NA city", "X-ray data", "Test lab", "None known", "Ninguno", "2024"]
)
def test_a_short_answer_with_a_meaning_is_no_placeholder(text):
    assert not STANDARD.placeholders.match(text)


@pytest.mark.parametrize(
    ("answer_type", "text", "little"),
    [
        ("text", "x1", False),
        ("text", "é", True),
        ("text", "市", False),
        ("long_text", "Parks", True),
        ("long_text", "P a r k s", True),
        ("long_text", "Six six", False),
        ("long_text", "交通量", False),
        ("url", "x", False),
    ],
)
def test_an_answer_needs_some_letters(answer_type, text, little):
    assert STANDARD.placeholders.says_little(text, answer_type) is little
