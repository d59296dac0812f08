"""Translation catalogues: up to date, complete, and compiled."""

import gettext
import re
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from ckanext.opensmartcity.standard import date_in_words, language, shipped_languages
from ckanext.opensmartcity.standard.countries import country_codes, territory_name
from ckanext.opensmartcity.standard.durations import duration_in_words
from ckanext.opensmartcity.standard.i18n import DOMAIN, catalogue_folder
from support.ckan_version import IS_2_11
from support.sample_records import too_long

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "i18n" / f"{DOMAIN}.pot"
SHIPPED = sorted(path.parts[-3] for path in ROOT.glob(f"i18n/*/LC_MESSAGES/{DOMAIN}.po"))
REMEDY = "run `make i18n`, translate what is new, and run it again"
# What a translation must carry over unchanged: placeholders, per cent signs, and nothing that a browser reads as HTML.
CARRIED = re.compile(r"\{\w*\}|%\(\w+\)[a-z]|%[a-z]?|[{}<>&]")

each_language = pytest.mark.parametrize("code", SHIPPED)


def read(path):
    """Return a catalogue without its head."""
    with path.open("rb") as source:
        catalogue = read_po(source, locale=path.parts[-3] if path.suffix == ".po" else None)
    return catalogue, [message for message in catalogue if message.id]


def source_of(code):
    return ROOT / "i18n" / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def forms(text):
    return [text] if isinstance(text, str) else list(text)


def strings(messages):
    return {tuple(forms(message.id)): tuple(forms(message.string)) for message in messages if message.id}


def place(message):
    return message.id, sorted({file for file, _ in message.locations}), message.auto_comments


@pytest.fixture(scope="module")
def template():
    return read(TEMPLATE)[1]


@pytest.mark.skipif(IS_2_11, reason="the Babel that CKAN 2.11 pins cannot read its settings from pyproject.toml")
def test_the_template_holds_what_an_extraction_finds(template, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    fresh = tmp_path / "fresh.pot"
    command = ["pybabel", "-q", "extract", "-F", "pyproject.toml", "--sort-by-file", "-o", str(fresh), "."]
    CommandLineInterface().run(command)
    found = read(fresh)[1]
    new = [message.id for message in found if message.id not in {known.id for known in template}]
    gone = [message.id for message in template if message.id not in {known.id for known in found}]
    assert not new, f"new texts: {REMEDY}"
    assert not gone, f"texts that are no longer used: {REMEDY}"
    assert list(map(place, found)) == list(map(place, template)), f"texts that moved: {REMEDY}"


def of_templates(messages):
    return [message for message in messages if any("/templates/" in file for file, _ in message.locations)]


def test_no_sentence_of_a_page_has_more_than_twenty_words_in_english(template):
    texts = [text for message in of_templates(template) for text in forms(message.id)]
    assert len(texts) > 300
    assert too_long(texts) == []


@each_language
def test_no_sentence_of_a_page_has_more_than_twenty_words_in_a_translation(code):
    assert too_long(text for message in of_templates(read(source_of(code))[1]) for text in forms(message.string)) == []


@each_language
def test_every_text_is_translated(template, code):
    catalogue, messages = read(source_of(code))
    assert [message.id for message in messages] == [message.id for message in template], REMEDY
    assert not [message.id for message in messages if message.fuzzy]
    assert not catalogue.obsolete
    assert not list(catalogue.check())
    assert not [message.id for message in messages if not all(form.strip() for form in forms(message.string))], REMEDY


@each_language
def test_every_plural_has_as_many_forms_as_the_language(code):
    catalogue, messages = read(source_of(code))
    compiled = gettext.translation(DOMAIN, catalogue_folder(), [code])
    counted = [message for message in messages if message.pluralizable]
    assert counted
    for message in counted:
        assert len(message.string) == catalogue.num_plurals
        assert {compiled.ngettext(*message.id, n) for n in range(200)} == set(message.string)


@each_language
def test_placeholders_are_kept_and_no_markup_is_added(code):
    for message in read(source_of(code))[1]:
        wanted = sorted(CARRIED.findall(forms(message.id)[-1]))
        for form in forms(message.string):
            assert sorted(CARRIED.findall(form)) == wanted, message.id


@each_language
def test_a_translation_is_spaced_and_ended_like_the_english(code):
    for message in read(source_of(code))[1]:
        english, translated = forms(message.id)[-1], forms(message.string)[-1]
        assert translated == translated.strip() or english != english.strip(), message.id
        assert (translated[-1] in ".:?") == (english[-1] in ".:?"), message.id


@each_language
def test_ckans_own_words_stay_as_ckan_translates_them(code):
    """Our catalogue is laid over CKAN's: a text of both must not change CKAN's own pages."""
    with files("ckan.i18n").joinpath(f"{code}/LC_MESSAGES/ckan.mo").open("rb") as source:
        ckans = strings(read_mo(source))
    ours = strings(read(source_of(code))[1])
    shared = ours.keys() & ckans.keys()
    assert {text: ours[text] for text in shared} == {text: ckans[text] for text in shared}


@each_language
def test_the_compiled_catalogue_is_its_source(code):
    """A fresh clone gets it from `pip install -e .`; after a change of the source, `make i18n` renews it."""
    with source_of(code).with_suffix(".mo").open("rb") as compiled:
        assert strings(read_mo(compiled)) == strings(read(source_of(code))[1]), "run `make i18n`"


def test_every_catalogue_is_a_language_that_readers_get():
    assert shipped_languages() == ("en", *SHIPPED)
    assert "nl" in SHIPPED


def test_dutch_is_dutch():
    translate = language("nl").translate
    assert translate("Residents") == "Inwoners"
    assert translate("Accountable organisation") == "Verantwoordelijke organisatie"
    assert translate("Legitimate interest") == "Gerechtvaardigd belang"


@each_language
def test_no_question_of_the_standard_stays_english(code, standard):
    translate = language(code).translate
    fields = [field for record in standard.records.values() for field in record.fields.values()]
    for text in (text for field in fields for text in (field.question, field.help, field.reason)):
        assert translate(text) != text


@each_language
def test_countries_dates_and_periods_come_from_cldr(template, code):
    reader, collected = language(code), {message.id for message in template}
    assert all(territory_name(country, code) != country for country in country_codes())
    assert Locale.parse(code).months["format"]["wide"][5] in date_in_words(date(2026, 5, 3), reader)
    assert not collected & {territory_name(country, "en") for country in country_codes()}


def test_countries_dates_and_periods_in_dutch():
    assert territory_name("DE", "nl") == "Duitsland"
    assert date_in_words(date(2026, 5, 3), language("nl")) == "3 mei 2026"
    assert duration_in_words("P5Y6M", "nl") == "5 jaar en 6 maanden"
