"""Texts of strangers: every bad kind is refused in words, and accepted ones are plain text everywhere."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from ckan import model
from ckan.lib import search
from ckan.plugins import toolkit as tk
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.participation import moderation
from hypothesis import given
from hypothesis import strategies as st

MARKUP = "<script>alert(1)</script> & <b onmouseover=x>\"'{{ 7*7 }}"
LONG = "a" * 1_000_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Missing value"),
        ("   \n ", "at least 5"),
        ("hm", "at least 5"),
        ("a" * 2_001, "at most 2000"),
        (LONG, "at most 2000"),
        ("How many\x00 pass?", "U+0000"),
        ("How many\x1b[31m pass?", "U+001B"),
        ("How many \u202e pass?", "U+202E"),
        (["How many pass?"], "one text"),
        ({"text": "How many"}, "one text"),
        (None, "Missing value"),
    ],
)
def test_a_bad_question_is_refused_by_name(app, city, text, said):
    refused = city.act(app, "governance_question_create", id=city.public["id"], text=text)
    assert refused.status_code == 409
    assert said in refused.json["error"]["text"][0]
    assert city.listed(app)["states"] == {}


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "ftp://example.org/",
        "//example.org/",
        "https://",
        "https://user:pass@example.org/",
        "https://exa mple.org/",
        "http://[broken",
        "https://example.org/\x00",
        "https://example.org/" + "a" * 500,
    ],
)
def test_a_link_of_another_kind_is_refused(app, city, link):
    values = {"kind": "use", "title": "A story of it", "text": "What came of it.", "link": link}
    refused = city.act(app, "governance_story_create", id=city.public["id"], **values)
    assert refused.status_code == 409
    assert list(refused.json["error"]) == ["link", "__type"] or "link" in refused.json["error"]


@pytest.mark.parametrize("email", ["nobody", "a@b@c", "a@example.org\nBcc: b@example.org", "x" * 260 + "@example.org"])
def test_what_is_no_address_is_refused_without_being_repeated(app, city, email):
    refused = city.act(app, "governance_question_create", id=city.public["id"], text="How many?", email=email)
    assert refused.status_code == 409
    assert email not in json.dumps(refused.json["error"])


def test_a_megabyte_in_the_form_is_refused_and_nothing_is_stored(app, city):
    path = f"/dataset/{city.public['name']}/questions"
    answer = app.post(path, data={"text": LONG}, follow_redirects=False)
    assert answer.status_code in (400, 413)
    assert city.listed(app)["states"] == {}


@given(st.text(max_size=300))
def test_whatever_is_taken_can_be_stored_and_read(value):
    try:
        taken = moderation.text_validator(moderation.QUESTION)(value)
    except tk.Invalid:
        return
    assert "\x00" not in taken
    assert taken.encode("utf-8").decode("utf-8") == taken == moderation.text_validator(moderation.QUESTION)(taken)


def test_markup_is_text_on_every_page_and_in_every_feed(app, city):
    asked = city.ask(app, f"Is it {MARKUP}?")
    city.act(app, "governance_question_answer", "editor", id=asked["id"], answer=f"No: {MARKUP}")
    told = city.tell(app, title=f"It {MARKUP}", text=MARKUP, link="https://example.org/?q=<b>&x='\"")
    city.act(app, "governance_story_moderate", "editor", id=told["id"], decision="show")
    here = f"/dataset/{city.public['name']}"
    pages = (f"{here}/questions", f"{here}/stories", f"{here}/transparency", f"{here}/transparency/history.atom")
    for page in (*pages, "/transparency", "/transparency/questions", "/transparency/stories", "/transparency/feed"):
        body = app.get(page, headers=city.tokens["editor"]).body
        assert "alert(1)" in body, page
        assert "<script>alert" not in body, page
        assert "<b onmouseover" not in body, page
        assert "49" not in body.split("alert(1)", 1)[1][:80], page


def test_a_title_with_a_character_that_no_feed_can_hold_does_not_stop_the_feeds(app, city):
    asked = city.ask(app, "How many are there in it?")
    city.act(app, "governance_question_answer", "editor", id=asked["id"], answer="There are three in it.")
    # As earlier versions stored it: such a title is refused now.
    model.Package.get(city.public["id"]).title = "before\x0bafter"
    model.repo.commit()
    search.rebuild(city.public["id"])
    for feed in (f"/dataset/{city.public['name']}/transparency/history.atom", "/transparency/feed"):
        assert "There are three in it." in "".join(ElementTree.fromstring(app.get(feed).body).itertext())
    call_action("package_patch", id=city.public["id"], title=city.public["title"])
