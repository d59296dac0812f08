"""Questions: asked by anybody, shown when read, answered once, passed on, hidden with a reason."""

from __future__ import annotations

import threading

import pytest
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests.helpers import call_action, changed_config

AFTER = pytest.mark.ckan_config("ckanext.opensmartcity.moderation", "after")


def states(listed):
    return [question["state"] for question in listed["questions"]]


def test_a_question_is_shown_only_when_the_city_has_read_it(app, city):
    asked = city.ask(app)
    assert asked["state"] == "waiting"
    assert city.listed(app)["questions"] == []
    assert city.listed(app)["states"] == {"waiting": 1}
    assert states(city.listed(app, "editor")) == ["waiting"]
    city.act(app, "governance_question_allow", "editor", id=asked["id"])
    assert states(city.listed(app)) == ["open"]


@AFTER
def test_a_portal_may_show_questions_at_once(app, city):
    assert city.ask(app)["state"] == "open"
    assert states(city.listed(app)) == ["open"]


def test_an_answer_shows_the_question_with_it_and_counts_the_days(app, city):
    asked = city.ask(app)
    answered = city.act(app, "governance_question_answer", "editor", id=asked["id"], answer="About fifty.").json
    assert answered["result"]["state"] == "answered"
    shown = city.listed(app)["questions"][0]
    assert (shown["answer"], shown["days_to_answer"], shown["overdue"]) == ("About fifty.", 0.0, False)
    assert shown["organization"] == city.owner["name"]


def test_nothing_that_is_given_out_tells_who_asked(app, city):
    asked = city.ask(app, role="member", email="resident@example.org")
    city.act(app, "governance_question_allow", "editor", id=asked["id"])
    for role in city.tokens:
        body = city.act(app, "governance_question_list", role, id=city.public["id"]).body
        assert "resident@" not in body
        assert city.users["member"]["name"] not in body
        assert asked["code"] not in body


def test_a_question_is_passed_on_and_answered_by_the_other_organisation(app, city):
    asked = city.ask(app)
    refused = city.act(app, "governance_question_answer", "other_editor", id=asked["id"], answer="We know it.")
    assert refused.status_code == 403
    passed = {"id": asked["id"], "organization": city.other["name"]}
    assert city.act(app, "governance_question_pass_on", "editor", **passed).status_code == 200
    mine = [each["id"] for each in city.listed(app, "other_editor", to_do=True)["questions"]]
    assert mine == [asked["id"]]
    assert asked["id"] not in [each["id"] for each in city.listed(app, "editor", to_do=True)["questions"]]
    done = city.act(app, "governance_question_answer", "other_editor", id=asked["id"], answer="We know it.")
    assert done.json["result"]["organization"] == city.other["name"]


def test_a_question_about_a_private_record_is_not_passed_on(app, city):
    asked = city.act(app, "governance_question_create", "member", id=city.private["id"], text="Why is it secret?").json
    passed = {"id": asked["result"]["id"], "organization": city.other["name"]}
    refused = city.act(app, "governance_question_pass_on", "editor", **passed)
    assert refused.status_code == 409
    assert "not public" in refused.json["error"]["organization"][0]


def test_a_hidden_question_leaves_its_reason_and_comes_back(app, city):
    asked = city.ask(app)
    city.act(app, "governance_question_answer", "editor", id=asked["id"], answer="About fifty.")
    city.act(app, "governance_question_hide", "editor", id=asked["id"], reason="personal_data")
    listed = city.listed(app)
    assert (listed["questions"], listed["hidden_reasons"]) == ([], {"personal_data": 1})
    city.act(app, "governance_question_allow", "editor", id=asked["id"])
    assert states(city.listed(app)) == ["answered"]


def test_a_reason_is_one_of_the_list(app, city):
    asked = city.ask(app)
    refused = city.act(app, "governance_question_hide", "editor", id=asked["id"], reason="unwelcome")
    assert "spam" in refused.json["error"]["reason"][0]


def test_an_answer_that_changes_the_record_leads_to_the_change_that_followed(app, city):
    asked = city.ask(app)
    city.act(app, "governance_question_answer", "editor", id=asked["id"], answer="You are right.", changes_record=True)
    assert city.listed(app)["questions"][0]["event"] is None
    call_action("package_patch", id=city.public["id"], fitness_limits="It does not count at night.")
    event = city.listed(app)["questions"][0]["event"]
    newest = call_action("governance_history", id=city.public["id"])["events"][0]
    assert event["id"] == newest["id"]


def test_an_answer_may_name_the_change_that_was_made_before_it(app, city):
    asked = city.ask(app)
    call_action("package_patch", id=city.public["id"], fitness_limits="It does not count at night.")
    change = call_action("governance_history", id=city.public["id"])["events"][0]["id"]
    answer = {"id": asked["id"], "answer": "You are right.", "event": change}
    answered = city.act(app, "governance_question_answer", "editor", **answer).json["result"]
    assert answered["changes_record"]
    assert answered["event"]["id"] == change


def test_an_answer_names_no_change_of_another_record(app, city):
    asked = city.ask(app)
    change = call_action("governance_history", id=city.private["id"])["events"][0]["id"]
    answer = {"id": asked["id"], "answer": "You are right.", "event": change}
    refused = city.act(app, "governance_question_answer", "editor", **answer)
    assert refused.status_code == 409
    assert city.listed(app)["questions"] == []


def test_of_two_stewards_who_answer_at_once_one_is_told_and_nothing_is_overwritten(app, city):
    asked = city.ask(app)
    outcomes, start = [], threading.Barrier(2)

    def answer(role):
        start.wait()
        try:
            with app.flask_app.test_request_context():
                call_action(
                    "governance_question_answer",
                    {"user": city.users[role]["name"], "ignore_auth": False},
                    id=asked["id"],
                    answer=f"The answer of {role}.",
                )
            outcomes.append(role)
        except tk.ValidationError as error:
            outcomes.append(error)
        finally:
            model.Session.remove()

    both = [threading.Thread(target=answer, args=(role,)) for role in ("editor", "admin")]
    for each in both:
        each.start()
    for each in both:
        each.join()
    won = [each for each in outcomes if isinstance(each, str)]
    lost = [each for each in outcomes if not isinstance(each, str)]
    assert len(won) == len(lost) == 1, outcomes
    assert "meanwhile" in lost[0].error_dict["id"][0]
    assert city.listed(app)["questions"][0]["answer"] == f"The answer of {won[0]}."


def test_an_answer_to_a_question_that_was_deleted_is_refused_in_words(app, city):
    asked = city.ask(app)
    delete(asked["id"])
    refused = city.act(app, "governance_question_answer", "editor", id=asked["id"], answer="About fifty.")
    assert refused.status_code == 404
    assert "may have been deleted" in refused.json["error"]["message"]


def delete(question_id):
    from ckanext.opensmartcity.participation.model import question  # noqa: PLC0415  (the tables follow the plugin)

    model.Session.execute(question.delete().where(question.c.id == question_id))
    model.Session.commit()


def test_questions_go_with_their_record(app, city):
    asked = city.ask(app)
    call_action("dataset_purge", id=city.public["id"])
    refused = city.act(app, "governance_question_allow", "sysadmin", id=asked["id"])
    assert refused.status_code == 404


@AFTER
def test_the_list_of_the_portal_has_questions_on_public_records_only(app, city):
    shown = city.ask(app)["id"]
    private = city.act(app, "governance_question_create", "member", id=city.private["id"], text="Why is it secret?")
    private = private.json["result"]["id"]
    for role in city.tokens:
        found = [each["id"] for each in city.listed(app, role, limit=100)["questions"]]
        assert shown in found
        assert private not in found
    call_action("package_patch", id=city.public["id"], private=True)
    assert shown not in [each["id"] for each in city.listed(app, limit=100)["questions"]]


@AFTER
def test_pages_meet_each_question_once(app, city):
    asked = [city.ask(app, f"Question number {n}?")["id"] for n in range(5)]
    found, cursor = [], {}
    while cursor is not None:
        page = city.listed(app, id=city.public["id"], limit=2, **cursor)
        found += [each["id"] for each in page["questions"]]
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
    assert found == asked[::-1]


def test_members_only_and_off(app, city):
    data = {"id": city.public["id"], "text": "How many bicycles?"}
    with changed_config("ckanext.opensmartcity.questions", "members"):
        assert city.act(app, "governance_question_create", **data).status_code == 403
        assert city.act(app, "governance_question_create", "other_member", **data).status_code == 200
    with changed_config("ckanext.opensmartcity.questions", "off"):
        for role in city.tokens.keys() - {"sysadmin"}:
            assert city.act(app, "governance_question_create", role, **data).status_code == 403
