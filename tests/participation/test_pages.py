"""The pages: forms that keep what was typed, refuse forgeries and programs, and cost few queries."""

from __future__ import annotations

import json
import re

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.common import login_user
from ckan.tests.helpers import call_action, changed_config
from freezegun import freeze_time
from support.query_budget import counted

AFTER = pytest.mark.ckan_config("ckanext.opensmartcity.moderation", "after")


def here(city, page="questions"):
    return f"/dataset/{city.public['name']}/{page}"


def test_a_visitor_asks_by_the_form_and_gets_a_receipt(app, city):
    answer = app.post(here(city), data={"text": "How many bicycles pass?", "email": ""})
    assert answer.status_code == 200
    assert re.search(r"Keep this code: (\w{4}-){3}\w{4}", answer.body)
    assert "1 question waits to be read by the city." in answer.body


def test_what_was_typed_is_still_there_when_it_is_refused(app, city):
    answer = app.post(here(city), data={"text": "How <i>many</i> pass?", "email": "nobody"})
    assert answer.status_code == 400
    assert "How &lt;i&gt;many&lt;/i&gt; pass?" in answer.body
    assert 'href="#ask-email"' in answer.body
    story = {"kind": "harm", "title": "It sent us wrong", "text": "We waited.", "link": "javascript:alert(1)"}
    answer = app.post(here(city, "stories"), data=story)
    assert answer.status_code == 400
    assert "It sent us wrong" in answer.body
    assert 'href="javascript' not in answer.body


def test_a_program_that_fills_in_the_trap_is_thanked_and_forgotten(app, city):
    answer = app.post(here(city), data={"text": "Buy our watches!", "website": "https://spam.example"})
    assert "Thank you" in answer.body
    assert city.listed(app)["states"] == {}


def test_a_forged_form_is_refused_also_after_a_program_has_used_the_same_view(app, city, monkeypatch):
    monkeypatch.setitem(app.flask_app.config, "WTF_CSRF_ENABLED", True)
    forms = {
        here(city): {"text": "How many bicycles pass?"},
        here(city, "stories"): {"kind": "use", "title": "A safer way", "text": "We chose another street."},
        f"{here(city)}/{city.ask(app)['id']}/hide": {"reason": "spam"},
    }
    for path, sent in forms.items():
        app.post(path, data=sent, headers=city.tokens["editor"], follow_redirects=False)
        forged = app.post(path, data=sent, follow_redirects=False)
        assert forged.status_code == 400, path
        assert "CSRF" in forged.body or "csrf" in forged.body.lower()


def test_no_header_of_a_browser_lets_a_forged_form_of_somebody_who_is_logged_in_pass(app, city, monkeypatch):
    editor, browser = city.users["editor"], app.flask_app.test_client()
    # The password of CKAN's makers of users with a token.
    browser.post("/user/login", data={"login": editor["name"], "password": "correct123"})
    assert f"/user/{editor['name']}" in browser.get(here(city)).text
    monkeypatch.setitem(app.flask_app.config, "WTF_CSRF_ENABLED", True)
    forms = {
        here(city): {"text": "How many bicycles pass?"},
        f"{here(city)}/{city.ask(app)['id']}/hide": {"reason": "spam"},
    }
    # A browser sends it by itself where a server before the portal asks for a password.
    behind_a_password = {"Authorization": "Basic eDp5"}
    for path, sent in forms.items():
        # From a visitor without a cookie on, CKAN's own guard lets the view pass.
        app.get(here(city))
        app.post(path, data=sent, follow_redirects=False)
        for who in (browser, app.flask_app.test_client()):
            forged = who.post(path, data=sent, headers=behind_a_password)
            assert forged.status_code == 400, path
            assert "csrf" in forged.text.lower()
        by_program = app.post(path, data=sent, headers=city.tokens["editor"], follow_redirects=False)
        assert by_program.status_code == 302, path


def test_a_plugin_that_logs_somebody_in_makes_no_forged_form_pass(app, city, monkeypatch):
    def identify():
        # As plugins do that believe a server before the portal.
        if tk.request.authorization:
            login_user(model.User.get(city.users["editor"]["name"]))

    monkeypatch.setitem(app.flask_app.config, "WTF_CSRF_ENABLED", True)
    guards = app.flask_app.before_request_funcs
    monkeypatch.setitem(guards, None, [*guards[None], identify])
    sent = {"text": "How many bicycles pass?"}
    forged = app.post(here(city), data=sent, headers={"Authorization": "Basic eDp5"}, follow_redirects=False)
    assert forged.status_code == 400
    assert "csrf" in forged.body.lower()


def test_a_step_that_is_none_and_a_question_that_is_none_are_not_found(app, city):
    headers = city.tokens["editor"]
    question = city.ask(app)["id"]
    assert app.post(f"{here(city)}/{question}/destroy", headers=headers).status_code in (404, 405)
    gone = "00000000-0000-4000-8000-000000000000"
    assert app.post(f"{here(city)}/{gone}/answer", data={"answer": "Here."}, headers=headers).status_code == 404


def test_a_bad_address_is_refused_in_words(app, city):
    assert "Give a number" in app.get(f"{here(city)}?limit=1000000").body
    answer = app.get("/transparency/questions?state=hidden")
    assert answer.status_code == 400
    assert app.get("/dataset/no-such-dataset/questions").status_code == 404


def test_pages_speak_dutch(app, city):
    assert app.get(f"/nl{here(city)}").status_code == 200
    assert app.get("/nl/transparency/stories").status_code == 200


@AFTER
def test_the_page_of_a_record_shows_its_newest_question_and_the_feed_its_answer(app, city):
    question = city.ask(app, "How many bicycles pass at noon?")["id"]
    assert "at noon?" in app.get(here(city, "transparency")).body
    city.act(app, "governance_question_answer", "editor", id=question, answer="About ninety.")
    for feed in (here(city, "transparency/history.atom"), "/transparency/feed"):
        body = app.get(feed).body
        assert "About ninety." in body
        assert f"urn:uuid:{question}" in body
        moments = re.findall(r"<entry>.*?<updated>(.*?)</updated>", body, re.DOTALL)
        assert moments == sorted(moments, reverse=True)


def test_a_story_is_shown_when_read_and_found_by_its_words(app, city):
    told = city.tell(app, title="Dikes were raised after the flood")
    assert city.act(app, "governance_story_list", q="dikes").json["result"]["stories"] == []
    city.act(app, "governance_story_moderate", "editor", id=told["id"], decision="show")
    for page in (here(city, "stories"), here(city, "transparency"), "/transparency", "/transparency/stories?q=flood"):
        assert "Dikes were raised" in app.get(page).body, page
    found = json.loads(app.get("/transparency/stories.json?q=%22the+flood%22&kind=use").body)["stories"]
    assert [each["id"] for each in found] == [told["id"]]
    assert json.loads(app.get("/transparency/stories.json?q=earthquake").body)["stories"] == []
    city.act(app, "governance_story_moderate", "editor", id=told["id"], decision="hide", reason="off_topic")
    assert "Dikes were raised" not in app.get("/transparency/stories").body


def test_a_decision_is_made_once(app, city):
    told = city.tell(app)
    show = {"id": told["id"], "decision": "show"}
    assert city.act(app, "governance_story_moderate", "editor", **show).status_code == 200
    again = city.act(app, "governance_story_moderate", "admin", **show)
    assert again.status_code == 409
    assert "already" in again.json["error"]["id"][0]


def figure(city_json, name):
    for each in city_json["characteristics"]:
        for found in each["figures"] + each["numbers"]:
            if found["id"] == name:
                return found
    return None


def test_the_city_counts_answers_days_overdue_questions_and_stories(app, city):
    def of_city():
        return json.loads(app.get("/transparency.json").body)

    nothing = {"count": 0, "of": 0, "rest": 0, "value": 0}
    names = ("questions_answered", "questions_in_time", "stories")
    before = {name: figure(of_city(), name) or nothing for name in names}
    with freeze_time("2026-01-01"):
        late = call_action("governance_question_create", id=city.public["id"], text="How many bicycles pass?")
    answered = city.ask(app)
    city.act(app, "governance_question_answer", "editor", id=answered["id"], answer="About fifty.")
    told = city.tell(app)
    city.act(app, "governance_story_moderate", "editor", id=told["id"], decision="show")
    after = of_city()
    shares = figure(after, "questions_answered"), figure(after, "questions_in_time")
    assert (shares[0]["count"], shares[0]["of"]) == (
        before["questions_answered"]["count"] + 1,
        before["questions_answered"]["of"] + 1,
    )
    # Nobody has read the late question yet, so that it is in no list.
    assert shares[1]["rest"] == before["questions_in_time"]["rest"]
    assert figure(after, "stories")["value"] == before["stories"]["value"] + 1
    assert figure(after, "days_to_answer")["value"] >= 0
    overdue = app.get("/transparency/questions?overdue=true").body
    assert late["id"] not in overdue  # nobody has read it yet
    city.act(app, "governance_question_allow", "editor", id=late["id"])
    assert late["id"] in app.get("/transparency/questions?overdue=true").body
    assert late["id"] not in app.get("/transparency/questions?overdue=false").body
    assert figure(of_city(), "questions_answered")["of"] == shares[0]["of"] + 1
    assert figure(of_city(), "questions_in_time")["rest"] == before["questions_in_time"]["rest"] + 1
    table = app.get("/transparency.csv").body
    assert "days_to_answer" in table


# What a page says to a visitor by who may contribute: texts that it must have, and that it must not have.
NO_ACCOUNT = "You need no account"
SAID = {
    ("open", "visitor", "questions"): {"Anybody may ask", "within 14 days", NO_ACCOUNT, "#ask", 'id="ask"', "ask-text"},
    ("open", "visitor", "stories"): {NO_ACCOUNT, "#tell", 'id="tell"', "tell-text"},
    ("open", "visitor", "transparency"): {"Ask a question, read the answers"},
    ("members", "visitor", "questions"): {
        "Members of this portal may ask", "within 14 days", "#ask", 'id="ask"', "Please log in to ask a question.",
    },
    ("members", "visitor", "stories"): {"#tell", 'id="tell"', "Please log in to tell a story."},
    ("members", "visitor", "transparency"): {"Ask a question, read the answers"},
    ("members", "member", "questions"): {
        "Members of this portal may ask", "within 14 days", "#ask", 'id="ask"', "ask-text",
    },
    ("members", "member", "stories"): {"#tell", 'id="tell"', "tell-text"},
    ("off", "visitor", "questions"): {"This portal takes no questions now. You can still read what was asked before."},
    ("off", "visitor", "stories"): {"This portal takes no stories now."},
    ("off", "visitor", "transparency"): set(),
}  # fmt: skip
TEXTS = set().union(*SAID.values())


@pytest.mark.parametrize(("option", "reader", "page"), SAID)
def test_each_page_says_who_may_contribute(app, city, option, reader, page):
    headers = city.tokens[reader] if reader != "visitor" else {}
    with changed_config("ckanext.opensmartcity.questions", option):
        body = app.get(here(city, page), headers=headers).body
    assert {text for text in TEXTS if text in body} == SAID[option, reader, page]


@pytest.mark.parametrize("language", ["de", "es", "fr", "nl"])
def test_a_portal_that_takes_no_questions_promises_no_answer_in_any_language(app, city, language):
    pages = {}
    for option in ("open", "off"):
        with changed_config("ckanext.opensmartcity.questions", option):
            pages[option] = app.get(f"/{language}{here(city)}").body
    assert "14" in re.search(r'osc-short">(.*?)</p>', pages["open"])[1]
    assert "14" not in re.search(r'osc-short">(.*?)</p>', pages["off"])[1]
    assert "<textarea" not in pages["off"]


def statements(app, monkeypatch, path, headers=None):
    app.get(path, headers=headers or {})
    model.Session.remove()
    with counted(monkeypatch) as calls:
        app.get(path, headers=headers or {})
    return calls


@AFTER
@pytest.mark.parametrize(
    ("page", "most"), [("questions", 8), ("questions.json", 6), ("stories", 8), ("stories.json", 6)]
)
def test_a_page_costs_one_query_for_its_questions_however_many(app, city, monkeypatch, page, most):
    few = statements(app, monkeypatch, here(city, page))
    for n in range(3):
        city.ask(app, f"Question number {n}?")
    many = statements(app, monkeypatch, here(city, page))
    ours = [statement for statement in many.sql if "opensmartcity_question q" in statement or "_story" in statement]
    assert len(many.sql) == len(few.sql) <= most, str(many)
    assert len(ours) <= 1, str(many)


def test_a_page_of_a_steward_does_not_ask_for_each_question(app, city, monkeypatch):
    city.ask(app)
    few = statements(app, monkeypatch, here(city), city.tokens["editor"])
    for n in range(3):
        city.ask(app, f"Question number {n}?")
    many = statements(app, monkeypatch, here(city), city.tokens["editor"])
    assert len(many.sql) <= len(few.sql), str(many)
