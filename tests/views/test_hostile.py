"""Hostile text in all answers is only shown as text (XSS, header injection), and private records do not leak."""

import json
import xml.etree.ElementTree as ET

import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.standard import AnswerType
from rdflib import Graph
from support.record_formats import FORMAT_ROUTES

TEXTS = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "entity": "&lt;script&gt;alert(1)&lt;/script&gt; a < b & c",
    "template": "{{ 7 * 7 }} {% raw %} ${7*7} %(x)s {0}",
    "emoji": "🚲🏙️👩‍👩‍👧‍👦 in the street",
    "override": "\u202ethgir ot tfel\u202c \u2066x\u2069",
    "lines": "one line\n" * 10_000,
    "link": "[here](javascript:alert(1)) javascript:alert(1)",
    "quotes": '" onmouseover="alert(1)" \' onfocus=\'alert(1)',
    "title": '[a](http://x/ "<img ") [b](http://y/onmouseover=alert(1)//) ![c](x "<img ")',
    "control": "before\x0bafter\ufeff",
}
FREE = {AnswerType.TEXT, AnswerType.LONG_TEXT, AnswerType.TEXT_OR_URL, AnswerType.TEXTS, AnswerType.TEXTS_OR_URIS}
PAGES = ("transparency", "transparency/history", "questions", "stories")
# All routes of a record, and the lists that contain it.
FOR_PROGRAMS = (*FORMAT_ROUTES, "transparency/history.json", "transparency/history.atom", "transparency/qr.svg")
ROUTES = (*PAGES, *FOR_PROGRAMS)
LISTS = ("/transparency", "/transparency.json", "/transparency.csv", "/transparency/feed", "/dataset/", "/algorithm/")


def create_hostile(kind, text, standard):
    """Create a record with this text in every answer that accepts it; check that errors name field and rule."""
    fields = standard.records[kind].fields.values()
    answers = {field.name: [text] if field.type.is_list else text for field in fields if field.type in FREE}
    given = {"type": kind, "title": text[:500], "notes": text, "owner_org": factories.Organization()["id"]}
    record, errors = create_or_errors(given | answers)
    if record:
        return record, answers
    # Control characters are refused in CKAN's own texts as well, by no rule of the standard.
    own = {name: f"Plain {name}" for name in ("title", "notes") if name in errors}
    assert set(errors) <= {*answers, *own}, errors
    assert all("OSC-" in message for name in errors.keys() - own.keys() for message in errors[name])
    kept = {name: answer for name, answer in answers.items() if name not in errors}
    return factories.Dataset(**given | own | kept), kept


def create_or_errors(given):
    """Return the record, or None and the errors."""
    try:
        return factories.Dataset(**given), {}
    except tk.ValidationError as error:
        return None, error.error_dict


def executable(body):
    """Return the elements with which a browser would execute or load something from the text."""
    page = BeautifulSoup(body, "html.parser")
    handlers = [tag for tag in page.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
    links = [tag for tag in page.find_all(href=True) if tag["href"].strip().lower().startswith("javascript")]
    scripts = [tag for tag in page.find_all("script") if "alert(1)" in tag.get_text()]
    return handlers + links + scripts + page.find_all("img", src="x")


def parse(answer):
    """Check that a body can be parsed as its media type says."""
    assert answer.status_code == 200
    if answer.mimetype.endswith("json"):
        assert json.loads(answer.body)
    elif answer.mimetype.endswith("xml"):
        assert ET.fromstring(answer.body) is not None
    elif answer.mimetype == "text/turtle":
        assert len(Graph().parse(data=answer.body, format="turtle"))
    else:
        assert answer.body


@pytest.mark.parametrize("kind", ["dataset", "algorithm"])
@pytest.mark.parametrize("name", TEXTS)
def test_every_answer_is_only_shown_wherever_it_goes(app, standard, kind, name):
    record, kept = create_hostile(kind, TEXTS[name], standard)
    assert bool(kept) is (name not in {"markup", "lines", "control", "title"})
    for route in PAGES:
        body = app.get(f"/{kind}/{record['name']}/{route}").body
        assert executable(body) == [], route
        assert "49" not in BeautifulSoup(body, "html.parser").find("main").h1.get_text()
    if kind == "algorithm":
        assert executable(app.get(f"/algorithm/{record['name']}").body) == []
    for route in FOR_PROGRAMS:
        parse(app.get(f"/{kind}/{record['name']}/{route}"))
    assert executable(app.get("/transparency/feed").body) == []
    call_action("dataset_purge", id=record["id"])


def test_ten_thousand_lines_in_every_answer_are_still_a_page_for_a_phone(app, standard):
    record, kept = create_hostile("dataset", "one line\n" * 880, standard)
    body = app.get(f"/dataset/{record['name']}/transparency").body
    told = BeautifulSoup(body, "html.parser").find(class_="osc-topics")
    for folded in told.find_all("details"):
        folded.decompose()
    assert len(kept) > 5
    assert len(told.get_text()) < 15_000
    call_action("dataset_purge", id=record["id"])


@pytest.mark.parametrize("hidden", [{"private": True}, {"state": "draft"}, {"state": "deleted"}], ids=str)
def test_what_is_not_public_is_nowhere(app, current, hidden):
    owner = factories.Organization()["id"]
    secret = {"title": "Xyzzy plans", "fitness_purpose": "Xyzzy", "ownership_owner": "Xyzzy"}
    record = factories.Dataset(**current | secret, owner_org=owner, **hidden)
    # The public history of a deleted record stays visible: see tests/ledger/test_history_permissions.py.
    for route in (route for route in ROUTES if "deleted" not in hidden.values() or "history" not in route):
        answer = app.get(f"/dataset/{record['name']}/{route}", follow_redirects=False)

        assert answer.status_code in (403, 404), route
        assert "Xyzzy" not in answer.body, route
    for path in LISTS:
        assert "Xyzzy" not in app.get(path).body, path


def test_once_public_and_deleted_no_page_tells_what_it_said(app, current):
    record = factories.Dataset(**current | {"fitness_purpose": "Xyzzy"})
    call_action("package_delete", id=record["id"])
    for route in ("transparency", *FORMAT_ROUTES, "transparency/qr.svg"):
        answer = app.get(f"/dataset/{record['name']}/{route}")
        assert answer.status_code in (403, 404, 410), route
        assert "Xyzzy" not in answer.body, route


# Names that cannot exist, URL-encoded: NUL, invalid UTF-8, too long, path traversal, a lone surrogate.
IMPOSSIBLE = ("a%00", "%00", "%ff%fe", "a" * 5000, "..%2f..", "%ed%a0%80")


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_an_impossible_name_is_one_that_is_not_there(app, name):
    paths = [f"/{kind}/{name}/{route}" for kind in ("dataset", "algorithm") for route in ROUTES]
    paths += [
        f"/dataset/{name}/governance",
        f"/organization/{name}/usual-answers",
        f"/transparency/ledger/event/{name}",
    ]
    for path in paths:
        assert app.get(path).status_code in (400, 403, 404), path


ASKED = (
    "/transparency/questions.json?organization={}",
    "/transparency/questions.json?cursor={}",
    "/transparency/stories.json?q={}",
    "/transparency/links.json?state={}",
    "/transparency/disposals.json?outcome={}",
    "/transparency/disposals.json?cursor={}",
    "/transparency/audit.json?q={}",
    "/transparency/audit.csv?organization={}",
    "/transparency/audit.jsonl?cursor={}",
    "/transparency/ledger.json?cursor={}",
    "/api/3/action/governance_changes?limit={}",
    "/api/3/action/governance_city_show?lang={}",
    "/api/3/action/governance_question_list?id={}",
    "/api/3/action/governance_story_list?id={}",
)


@pytest.mark.parametrize("asked", ["%00", "%ff%fe", "%ed%a0%80", "1" * 5000, "0" * 19 + "1" + "0" * 30])
def test_odd_values_of_parameters_never_break_a_page(app, asked):
    for path in ASKED:
        assert app.get(path.format(asked)).status_code < 500, path


def test_bytes_that_are_no_text_do_not_break_the_head_of_an_export(app):
    for query in ("q=\xc5\x82", "q=%3E%22"):
        answer = app.get("/transparency/audit.jsonl", environ_overrides={"QUERY_STRING": query})
        assert answer.status_code < 500, query
        assert answer.headers.get("Link", "").count(">") == (1 if answer.status_code == 200 else 0)
