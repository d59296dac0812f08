"""The transparency page: what it says, in which shape, and that nothing in it runs."""

import json

import pytest
from ckan.tests import factories
from ckan.tests.helpers import call_action
from freezegun import freeze_time

TODAY = "2026-06-01"


def page(app, dataset, language=""):
    return app.get(f"{language}/dataset/{dataset['name']}/transparency").body


def test_every_question_of_residents_is_on_the_page(app, standard):
    body = page(app, factories.Dataset())
    for group in standard.records["dataset"].groups:
        assert f">{group.question}</h2>" in body


def test_it_is_linked_from_the_dataset_page(app):
    dataset = factories.Dataset()
    assert f'href="/dataset/{dataset["name"]}/transparency"' in app.get(f"/dataset/{dataset['name']}").body


def test_the_json_is_what_the_action_gives(app, current):
    dataset = factories.Dataset(**current)
    answer = app.get(f"/dataset/{dataset['name']}/transparency.json")
    shown = call_action("governance_show", id=dataset["id"])
    assert answer.json["groups"] == shown["groups"]
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/json", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("*/*", "text/html"),
        ("application/json;q=0.5, text/html", "text/html"),
    ],
)
def test_the_accept_header_chooses_between_page_and_json(app, accept, kind):
    dataset = factories.Dataset()
    answer = app.get(f"/dataset/{dataset['name']}/transparency", headers={"Accept": accept})
    assert answer.headers["Content-Type"].startswith(kind)
    assert "Accept" in answer.headers["Vary"]


def test_dutch_readers_get_dutch(app, current):
    body = page(app, factories.Dataset(**current), "/nl")
    assert "Nederland" in body
    assert "Netherlands" not in body
    assert "1 mei 2026" in body


def test_an_algorithm_record_has_its_page_too(app):
    system = factories.Dataset(type="algorithm", algorithm_purpose="Plans routes.")
    assert "Plans routes." in app.get(f"/algorithm/{system['name']}/transparency").body


@freeze_time(TODAY)
def test_missing_unknown_and_concerns_are_said_aloud(app, current):
    del current["fitness_limits"], current["fitness_purpose"]
    dataset = factories.Dataset(
        **current | {"license_id": "notspecified"}, governance_declared={"fitness_purpose": {"state": "unknown"}}
    )
    body = page(app, dataset)
    assert "The city has not answered this yet." in body
    assert "The city does not know this yet." in body
    assert "OSC-015" in body


EVIL = [
    "\u202eright to left\u202c", "emoji 🚲🏙️", "a < b & c > d \"quoted\" 'single'", "line\n" * 1500,
    "{{ 7 * 7 }} {% raw %}", "[link](javascript:alert(1))", "javascript :alert(1)", "https://x.example/\"onmouseover=alert(1)",
]  # fmt: skip


@pytest.mark.parametrize("text", EVIL, ids=range(len(EVIL)))
def test_whatever_a_steward_may_write_is_only_shown(app, text, current):
    dataset = factories.Dataset(**current | {"fitness_purpose": text, "title": "<img src=x onerror=alert(1)>"})
    body = page(app, dataset)
    assert "<img src=x" not in body
    assert 'href="javascript' not in body
    assert 'onmouseover="' not in body
    assert "7 * 7" in body or "{{" not in text


def test_a_title_of_500_characters_fits(app):
    dataset = factories.Dataset(title="Ä" * 500)
    assert "Ä" * 500 in page(app, dataset)


def test_the_page_is_small(app, current):
    assert len(page(app, factories.Dataset(**current)).encode()) < 60_000


def test_a_language_that_is_not_shipped_is_english(app, current):
    dataset = factories.Dataset(**current)
    assert app.get(f"/dataset/{dataset['name']}/transparency?lang=xx").status_code == 200
    assert json.loads(app.get(f"/dataset/{dataset['name']}/transparency.json?lang=xx").body)["level"]
