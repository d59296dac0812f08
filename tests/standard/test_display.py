"""Display texts of answers."""

from datetime import date

import pytest
from ckanext.opensmartcity.standard import Language, date_in_words, display_answer
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
