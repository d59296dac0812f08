"""Indicators of the city page: the shipped ones, those of a city, and errors with file and line."""

import pytest
from ckanext.opensmartcity.standard import SourceError, load_indicators, load_standard, shipped_folder

SOURCES = ("links", "questions_answered", "questions_in_time", "days_to_answer", "stories", "removed_in_time")
OWN = """\
figures:
  - id: committees
    characteristic: accountable
    records: dataset
    title: Datasets with a steward
    definition: The record names the role that takes care of the data.
    where:
      ownership_steward_role: {answered: true}
drop: [mandate]
"""


@pytest.fixture
def city(tmp_path):
    """A function that writes a city's own files and loads its indicators."""

    def load(indicators="", **others):
        for name, text in {"figures": indicators, **others}.items():
            if text:
                (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        return load_indicators(load_standard(shipped_folder(), tmp_path), shipped_folder(), tmp_path, SOURCES)

    return load


def test_every_shipped_indicator_speaks_of_a_characteristic(standard):
    indicators = load_indicators(standard, shipped_folder())
    assert sum(len(indicators.of(each)) for each in indicators.characteristics) == len(indicators.counted)
    assert (
        sum(len(indicators.portal_indicators_of(each)) for each in indicators.characteristics)
        == len(indicators.from_portal)
        > 3
    )
    assert len(indicators.characteristics) == 5


def test_every_text_of_the_page_has_short_sentences(standard):
    indicators = load_indicators(standard, shipped_folder())
    texts = [each.question for each in indicators.characteristics]
    texts += [
        text
        for each in [*indicators.counted.values(), *indicators.from_portal.values()]
        for text in (each.title, each.definition)
    ]
    sentences = [sentence for text in texts for sentence in text.split(". ")]
    assert [sentence for sentence in sentences if len(sentence.split()) > 20] == []


def test_a_city_adds_and_drops_indicators_in_yaml_alone(city):
    indicators = city(OWN).counted
    assert indicators["committees"].title == "Datasets with a steward"
    assert "mandate" not in indicators
    assert "owner" in indicators


def test_a_shipped_indicator_goes_with_the_question_that_a_city_drops(city):
    indicators = city(dataset="drop: [fitness_alternatives]").counted
    assert "alternatives" not in indicators
    assert "system_alternatives" in indicators


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("ownership_steward_role:", "ownership_steward_rol:", "did you mean 'ownership_steward_role'"),
        ("characteristic: accountable", "characteristic: countable", "did you mean 'accountable'"),
        ("records: dataset", "records: datasets", "did you mean 'dataset'"),
        (
            "ownership_steward_role: {answered: true}",
            "governance_review_due: {before: governance_reviewed_on}",
            "the search index cannot count 'before' (it can count codes, answered, missing, outside_home, personal,",
        ),
        ("{answered: true}", "{outside_home: true}", "'ownership_steward_role' is of type text"),
        ("answered: true", "before: governance_review_due", "'ownership_steward_role' is not a date field"),
        ("title:", "titel:", "unknown key 'titel'"),
        ("    where:\n", "    needs_home: perhaps\n    where:\n", "'needs_home' must be true or false"),
        ("drop: [mandate]", "drop: [mandat]", "did you mean 'mandate'"),
        (
            "where:\n      ownership_steward_role: {answered: true}",
            "where: everything",
            "'where' must hold a condition",
        ),
    ],
)
def test_a_mistake_is_named_with_file_line_and_reason(city, old, new, reason):
    with pytest.raises(SourceError) as mistake:
        city(OWN.replace(old, new))
    assert mistake.value.file == "figures.yaml"
    assert mistake.value.line > 1
    assert reason in mistake.value.reason


def test_a_city_drops_and_rewords_indicators_of_other_sources(city):
    indicators = city(
        """\
figures:
  - id: questions_answered
    title: Answered questions
drop: [stories]
"""
    )
    assert indicators.from_portal["questions_answered"].title == "Answered questions"
    assert "stories" not in indicators.from_portal
    assert "owner" in indicators.counted


def test_a_source_that_is_none_is_named_with_the_nearest(city):
    with pytest.raises(SourceError, match="questions_answered"):
        city(
            """\
figures:
  - id: own
    characteristic: participatory
    records: dataset
    title: Our indicator
    definition: It counts.
    source: question_answered
"""
        )
