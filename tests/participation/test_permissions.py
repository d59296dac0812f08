"""The matrix of every question and story action: who may, on public and private records, in every role."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action, changed_config
from support.roles import ROLES

EVERYBODY = frozenset(ROLES)
TEAM = frozenset({"editor", "admin", "sysadmin"})
READERS = TEAM | {"member"}
OTHERS = frozenset({"other_editor", "other_admin"})
USERS = EVERYBODY - {"anonymous"}

QUESTION = {"text": "How many bicycles pass?"}
STORY = {"kind": "use", "title": "A safer way", "text": "We chose another street."}


@pytest.fixture
def city(people, city):
    with changed_config("ckanext.opensmartcity.limit_record", 1000):
        yield city


def may(app, city, action, **data):
    """Return the roles that an action does not refuse with 403; all else is about what they asked, not who they are."""
    found = {role: city.act(app, action, role, **data).status_code for role in ROLES}
    assert set(found.values()) <= {200, 403, 409}, found
    return frozenset(role for role, status in found.items() if status != 403)


def asked(city, record):
    return call_action("governance_question_create", id=record["id"], **QUESTION)["id"]


def told(city, record):
    return call_action("governance_story_create", id=record["id"], **STORY)["id"]


@pytest.mark.parametrize(("kind", "readers"), [("public", EVERYBODY), ("private", READERS)])
def test_whoever_may_read_a_record_may_ask_tell_and_read_about_it(app, city, kind, readers):
    record = getattr(city, kind)["id"]
    assert may(app, city, "governance_question_create", id=record, **QUESTION) == readers
    assert may(app, city, "governance_story_create", id=record, **STORY) == readers
    assert may(app, city, "governance_question_list", id=record) == readers
    assert may(app, city, "governance_story_list", id=record) == readers


@pytest.mark.parametrize("kind", ["public", "private"])
def test_whoever_may_edit_the_record_settles_its_questions(app, city, kind):
    record = getattr(city, kind)
    assert may(app, city, "governance_question_allow", id=asked(city, record)) == TEAM
    assert may(app, city, "governance_question_answer", id=asked(city, record), answer="About fifty.") == TEAM
    assert may(app, city, "governance_question_hide", id=asked(city, record), reason="spam") == TEAM
    passed = {"id": asked(city, record), "organization": "no-such-organisation"}
    assert may(app, city, "governance_question_pass_on", **passed) == TEAM
    assert may(app, city, "governance_story_moderate", id=told(city, record), decision="show") == TEAM


def test_a_question_that_was_passed_on_is_settled_by_both_sides_and_shown_to_no_one_else(app, city):
    def passed():
        question = asked(city, city.public)
        call_action("governance_question_pass_on", id=question, organization=city.other["id"])
        return question

    both = TEAM | OTHERS
    assert may(app, city, "governance_question_answer", id=passed(), answer="About fifty.") == both
    assert may(app, city, "governance_question_hide", id=passed(), reason="spam") == both
    assert may(app, city, "governance_question_allow", id=passed()) == both
    assert may(app, city, "governance_question_pass_on", id=passed(), organization="no-such") == both
    question = passed()
    seeing = {role for role in ROLES if question in [each["id"] for each in city.listed(app, role)["questions"]]}
    assert seeing == both


def test_what_was_passed_on_is_not_to_be_settled_there_once_the_record_is_private(app, city):
    """Also where somebody of that organisation may still see the record, as a member of its own."""
    user = factories.UserWithToken()
    for organization, capacity in ((city.owner, "member"), (city.other, "editor")):
        member = {"object": user["name"], "object_type": "user", "capacity": capacity}
        call_action("member_create", id=organization["id"], **member)
    city = replace(city, users={**city.users, "between": user})
    question = asked(city, city.public)
    call_action("governance_question_pass_on", id=question, organization=city.other["id"])
    assert [each["may_settle"] for each in city.listed(app, "between")["questions"]] == [True]
    call_action("package_patch", id=city.public["id"], private=True)
    assert city.act(app, "governance_question_allow", "between", id=question).status_code == 403
    assert city.listed(app, "between")["questions"] == []


def test_a_waiting_or_hidden_text_is_seen_by_those_who_settle_it(app, city):
    waiting, hidden, story = asked(city, city.public), asked(city, city.public), told(city, city.public)
    call_action("governance_question_hide", id=hidden, reason="spam")
    for role in ROLES:
        found = {each["id"] for each in city.listed(app, role)["questions"]}
        assert found == ({waiting, hidden} if role in TEAM else set()), role
        stories = city.act(app, "governance_story_list", role, id=city.public["id"]).json["result"]["stories"]
        assert [each["id"] for each in stories] == ([story] if role in TEAM else []), role


def test_lists_of_the_portal_are_for_everybody_and_lists_of_what_is_to_do_for_users(app, city):
    question, story = asked(city, city.public), told(city, city.public)
    for action, key, made in (
        ("governance_question_list", "questions", question),
        ("governance_story_list", "stories", story),
    ):
        assert may(app, city, action) == EVERYBODY
        assert may(app, city, action, to_do=True) == USERS
        for role in USERS:
            listed = city.act(app, action, role, to_do=True, limit=100).json["result"][key]
            assert (made in [each["id"] for each in listed]) == (role in TEAM), (action, role)


def test_the_pages_follow_the_actions(app, city):
    question, story = asked(city, city.public), told(city, city.public)
    here = f"/dataset/{city.public['name']}"
    for role in ROLES:
        headers = city.tokens[role]
        for page in (f"{here}/questions", f"{here}/stories", f"{here}/questions.json", f"{here}/stories.json"):
            body = app.get(page, headers=headers)
            assert body.status_code == 200
            assert (question in body.body or story in body.body) == (role in TEAM), (page, role)
        for page in ("/transparency/questions", "/transparency/stories.json"):
            assert app.get(page, headers=headers).status_code == 200
        hide = app.post(f"{here}/stories/{story}", data={"decision": "hide"}, headers=headers, follow_redirects=False)
        assert hide.status_code == (400 if role in TEAM else 403)
        settle = f"{here}/questions/{question}/answer"
        sent = app.post(settle, data={"answer": ""}, headers=headers, follow_redirects=False)
        assert sent.status_code in ((400,) if role in TEAM else (400, 403))
        assert "osc-settle" not in sent.body or role in TEAM
    for role in ROLES:
        secret = f"/dataset/{city.private['name']}/questions"
        answer = app.get(secret, headers=city.tokens[role])
        assert answer.status_code == (200 if role in READERS else 404)
        assert city.private["title"] not in answer.body or role in READERS
    model.Session.remove()


def test_the_list_of_a_steward_asks_to_log_in(app, city):
    answer = app.get("/stewardship/questions", follow_redirects=False)
    assert answer.status_code == 302
    assert "/user/login" in answer.headers["Location"]
    for role in USERS:
        assert app.get("/stewardship/questions", headers=city.tokens[role]).status_code == 200
