"""Display texts of answers and levels."""

import re
from datetime import date
from importlib.resources import files

import pytest
from ckanext.opensmartcity.standard import Language, date_in_words, display_answer, i18n, shipped_languages
from ckanext.opensmartcity.standard.display import LEVEL_LABELS
from standard.inputs import FIELD_OF, ONE_OF_EACH

ENGLISH = Language("en", "en", str)
BRITISH = Language("en", "en_GB", str)
DUTCH = Language("nl", "nl", lambda text: f"nl:{text}")


@pytest.fixture
def display(standard):
    """Say an answer of a dataset field in words."""

    def display(name, answer, language=ENGLISH):
        return display_answer(standard, standard.records["dataset"].fields[name], answer, language)

    return display


@pytest.mark.parametrize(
    ("kind", "answer", "words"),
    [
        ("code", "aggregated", "Totals about groups"),
        ("code", "unknown", "We do not know yet"),
        ("country", "DE", "Germany"),
        ("countries", ("NL", "DE"), ["Netherlands", "Germany"]),
        ("jurisdictions", ("NL", "EU"), ["Netherlands", "European Union"]),
        ("duration", "P1Y6M", "1 year and 6 months"),
        ("date", "2026-05-03", "May 3, 2026"),
        ("text", "Mobility Department", "Mobility Department"),
        ("texts", ("A", "B"), ["A", "B"]),
        ("url", "https://city.example", "https://city.example"),
    ],
)
def test_an_answer_is_said_in_words(display, kind, answer, words):
    assert display(FIELD_OF[kind], answer) == words


@pytest.mark.parametrize(
    ("kind", "answer", "words"),
    [
        ("code", "aggregated", "nl:Totals about groups"),
        ("countries", ("DE",), ["Duitsland"]),
        ("duration", "P5Y", "5 jaar"),
        ("date", "2026-05-03", "3 mei 2026"),
        ("text", "Mobility Department", "Mobility Department"),
    ],
)
def test_an_answer_is_said_in_the_readers_language(display, kind, answer, words):
    assert display(FIELD_OF[kind], answer, DUTCH) == words


@pytest.mark.parametrize(("name", "answer"), ONE_OF_EACH.values(), ids=ONE_OF_EACH)
def test_a_list_stays_a_list_and_a_text_a_text(display, name, answer):
    assert isinstance(display(name, answer), list if isinstance(answer, tuple) else str)


def test_a_date_is_written_as_the_readers_country_does():
    assert date_in_words(date(2026, 5, 3), BRITISH) == "3 May 2026"


@pytest.mark.parametrize("language", [ENGLISH, DUTCH], ids=["en", "nl"])
def test_every_code_has_words(standard, display, language):
    for name, field in standard.records["dataset"].fields.items():
        for code in standard.vocabulary_of(field).codes if field.vocabulary else ():
            assert display(name, code, language) not in ("", code)


@pytest.mark.parametrize("code", shipped_languages())
def test_every_level_names_the_answers_as_what_it_is_about(code):
    labels = [i18n.language(code).translate(label) for label in LEVEL_LABELS.values()]
    nouns = {label.partition(":")[0].strip() for label in labels}
    expected = {"en": "Answers", "de": "Antworten", "es": "Respuestas", "fr": "Réponses", "nl": "Antwoorden"}
    assert nouns == {expected[code]}
    assert len(set(labels)) == len(LEVEL_LABELS)


def test_levels_have_shades_of_one_neutral_colour():
    """Green or red would read as a verdict on the data: no shade has a hue but blue grey."""
    sheet = files("ckanext.opensmartcity.governance").joinpath("assets/colours.css").read_text("utf-8")
    colours = re.findall(r"--osc-(?:fill-)?(?:silent|started|answered|current)(?:-tint)?: #(\w{6})", sheet)
    assert len(colours) == 12
    for colour in colours:
        red, green, blue = bytes.fromhex(colour)
        assert red < green < blue, colour
