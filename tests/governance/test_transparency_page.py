"""Transparency page: content, structure, and no executable content."""

import json

import pytest
from ckan.tests import factories
from ckan.tests.helpers import call_action
from freezegun import freeze_time
from support.record_formats import FORMAT_ROUTES

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
        ("text/turtle", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("text/turtle;q=0.9, application/json", "application/json"),
        ("application/rdf+xml", "text/html"),
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


ROUTES = ("transparency", *FORMAT_ROUTES, "transparency/qr.svg")


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("state", [{"private": True}, {"state": "deleted"}, {"state": "draft"}])
def test_what_is_not_public_leaks_nothing_by_any_route(app, route, state):
    owner = factories.Organization()["id"]
    dataset = factories.Dataset(title="Top secret title", owner_org=owner, **state)
    answer = app.get(f"/dataset/{dataset['name']}/{route}", status=404)
    assert "Top secret title" not in answer.body


def test_the_sign_is_an_svg_with_title_and_address(app):
    dataset = factories.Dataset(title="Counters <b>&</b> more")
    answer = app.get(f"/dataset/{dataset['name']}/transparency/qr.svg")
    assert answer.headers["Content-Type"].startswith("image/svg+xml")
    assert "<b>" not in answer.body
    assert f"/dataset/{dataset['name']}/transparency</desc>" in answer.body


@pytest.mark.parametrize("route", ROUTES)
def test_who_has_the_newest_version_gets_304_until_something_changes(app, route, current):
    dataset = factories.Dataset(**current)
    path = f"/dataset/{dataset['name']}/{route}"
    first = app.get(path)
    again = {"If-None-Match": first.headers["ETag"]}
    assert {"Accept", "Authorization", "Cookie"} <= {each.strip() for each in first.headers["Vary"].split(",")}
    assert app.get(path, headers=again).status_code == 304
    assert app.get(f"/nl{path}", headers=again).status_code == 200
    call_action("package_patch", id=dataset["id"], title="Another title", fitness_purpose="Something else.")
    assert app.get(path, headers=again).status_code == 200


def test_whoever_is_logged_in_gets_no_validator(app):
    dataset, user = factories.Dataset(), factories.UserWithToken()
    answer = app.get(f"/dataset/{dataset['name']}/transparency", headers={"Authorization": user["token"]})
    assert "ETag" not in answer.headers


def test_the_newest_changes_are_told_and_lead_to_the_history(app, current):
    dataset = factories.Dataset(**current)
    call_action("package_patch", id=dataset["id"], ownership_owner="Parks Department")
    latest = page(app, dataset).partition('id="latest"')[2]
    assert "from “Mobility Department” to “Parks Department”" in latest
    assert f'href="/dataset/{dataset["name"]}/transparency/history"' in latest


def test_the_picture_and_the_words_beside_it_say_the_same(app, current):
    body = page(app, factories.Dataset(**current | {"ownership_suppliers": ["MeterWorks Ltd"]}))
    picture, _, words = body.partition('<svg class="osc-flow"')[2].partition("</svg>")
    for text in ("Sensors", "Netherlands", "MeterWorks Ltd", "Open to everyone"):
        assert text in picture
        assert text in words
    assert 'role="img"' in picture


def test_every_answer_is_one_click_away(app, current):
    dataset = factories.Dataset(**current)
    body = page(app, dataset)
    for group in call_action("governance_show", id=dataset["id"])["groups"]:
        for field in group["fields"]:
            assert (f'id="{field["name"]}"' in body) is (field["state"] != "not_required")


def test_the_heaviest_record_is_still_a_page(app, current):
    long = "word and word\n" * 600
    heavy = dict.fromkeys(("fitness_purpose", "fitness_limits", "fitness_alternatives"), long[:8000])
    suppliers = {"ownership_suppliers": [f"Firm {number}" for number in range(100)]}
    assert "94 more" in page(app, factories.Dataset(**current | heavy | suppliers, notes=long * 10))


@pytest.mark.parametrize(
    ("answers", "text"),
    [
        ({"algorithm_risk": "prohibited"}, "The European AI law forbids this use."),
        ({"algorithm_risk": "prohibited", "algorithm_status": "retired"}, "forbids the use that the city made of it."),
        ({"algorithm_risk": "minimal", "algorithm_status": "operational"}, "the lowest risk class"),
        ({}, "The city has not said how risky it is for people."),
    ],
    ids=["prohibited", "stopped", "minimal", "not said"],
)
def test_the_effect_of_an_algorithm_stands_beside_its_level(app, answers, text):
    system = factories.Dataset(type="algorithm", **answers)
    body = app.get(f"/algorithm/{system['name']}/transparency").body
    line = body.partition("Effect on people:")[2].partition("</li>")[0]
    assert text in line
    assert ("OSC-042" in body) is (answers == {"algorithm_risk": "prohibited"})


def test_a_dataset_has_no_line_about_the_effect_of_a_system(app):
    assert "Effect on people:" not in page(app, factories.Dataset())
