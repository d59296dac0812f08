"""Translations at run time: our Dutch catalogue extends CKAN's; English texts are unchanged."""

import ckan.plugins.toolkit as tk
import pytest

RESPONSIBLE = "Who is responsible for this data?"


@pytest.fixture
def request_in(with_plugins, test_request_context):
    """A request in one language, as CKAN takes it from the address."""
    return lambda code: test_request_context("/", environ_overrides={"CKAN_LANG": code})


def test_a_dutch_request_gets_our_texts(request_in):
    with request_in("nl"):
        assert tk._(RESPONSIBLE) == "Wie is verantwoordelijk voor deze gegevens?"


def test_a_dutch_request_keeps_ckans_texts(request_in):
    with request_in("nl"):
        assert tk._("Title") == "Titel"
        assert tk.ungettext("{number} dataset", "{number} datasets", 2) == "{number} datasets"


@pytest.mark.parametrize(("n", "words"), [(0, "antwoorden"), (1, "antwoord"), (2, "antwoorden")])
def test_dutch_counts_as_dutch_does(request_in, n, words):
    with request_in("nl"):
        said = tk.ungettext("{n} answer is not known yet.", "{n} answers are not known yet.", n)
    assert said.split()[1] == words


def test_an_english_request_gets_english(request_in):
    with request_in("en"):
        assert tk._(RESPONSIBLE) == RESPONSIBLE
        assert tk.ungettext("{n} concern.", "{n} concerns.", 1) == "{n} concern."
        assert tk.ungettext("{n} concern.", "{n} concerns.", 2) == "{n} concerns."


@pytest.mark.parametrize("code", ["it", "ja"])
def test_a_language_that_we_do_not_ship_has_ckans_texts_and_our_english(request_in, code):
    with request_in(code):
        assert tk._(RESPONSIBLE) == RESPONSIBLE
        assert tk._("Title") != "Title"
