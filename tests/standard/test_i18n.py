"""Languages: shipped catalogues, the closest language, and the fallback to English."""

import importlib

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from ckanext.opensmartcity.standard import language, shipped_languages

# The package gives the function `language` the name of its module.
MODULE = importlib.import_module("ckanext.opensmartcity.standard.i18n")


@pytest.fixture
def dutch(tmp_path, monkeypatch):
    """A folder of translations with one real Dutch catalogue, in place of the shipped folder."""
    catalogue = Catalog(locale="nl")
    catalogue.add("Ownership", "Eigendom")
    folder = tmp_path / "nl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / f"{MODULE.DOMAIN}.mo").open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(MODULE, "catalogue_folder", lambda: tmp_path)
    language.cache_clear()
    yield
    language.cache_clear()


def test_english_is_shipped_first():
    assert shipped_languages()[0] == "en"


def test_a_catalogue_is_a_shipped_language(dutch):
    assert shipped_languages() == ("en", "nl")


def test_texts_are_translated(dutch):
    assert language("nl").translate("Ownership") == "Eigendom"


def test_a_text_without_translation_stays_english(dutch):
    assert language("nl").translate("Fitness") == "Fitness"


def test_an_empty_text_stays_empty(dutch):
    assert language("nl").translate("") == ""


@pytest.mark.parametrize(
    ("code", "found", "locale"),
    [
        ("nl", "nl", "nl"),
        ("nl_BE", "nl", "nl_BE"),
        ("nl-BE", "nl", "nl_BE"),
        ("nl_XX_nonsense", "nl", "nl"),
        ("nl_\0", "nl", "nl"),
        ("nl/../nl", "en", "en_GB"),
        ("en", "en", "en_GB"),
        ("en_GB", "en", "en_GB"),
        ("en-AU", "en", "en_AU"),
        ("fr", "en", "en_GB"),
        ("fr_CA", "en", "en_GB"),
        ("", "en", "en_GB"),
        (None, "en", "en_GB"),
        ("../nl", "en", "en_GB"),
        ("nl\0", "en", "en_GB"),
        ("x" * 10_000, "en", "en_GB"),
        ("\ud800", "en", "en_GB"),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_the_nearest_shipped_language_is_found(dutch, code, found, locale):
    assert (language(code).code, language(code).locale) == (found, locale)


def test_english_is_said_as_it_is_written():
    assert language("en").translate("Ownership") == "Ownership"
