"""Two people on one page of the form: nobody reverts the other (lost update), and a conflict shows both answers."""

import json

import pytest
from ckan.tests import factories
from ckan.tests.helpers import call_action
from support.form_pages import changed, form, page, send, shown, soup_of, values_of

UNTOUCHED = {"fitness_limits": "Not for billing.", "fitness_purpose": "To plan traffic."}


@pytest.fixture
def steward():
    return factories.SysadminWithToken()


@pytest.fixture
def colleague():
    return factories.SysadminWithToken()


@pytest.fixture
def dataset(current):
    return factories.Dataset(**current | UNTOUCHED)


def opened(app, user, dataset, group="fitness"):
    return values_of(form(app, user, page(dataset, group)))


def typed(soup, name):
    return values_of(soup)[name][0]


def saved(app, user, dataset, sent, group="fitness", **answers):
    return send(app, user, page(dataset, group), **sent | answers)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_changes_of_different_questions_are_both_kept(app, steward, colleague, dataset, order):
    edits = [(steward, {"fitness_purpose": "To plan cycling."}), (colleague, {"fitness_limits": "Not for fines."})]
    pages = [opened(app, user, dataset) for user, _ in edits]
    for place in order:
        user, answers = edits[place]
        assert saved(app, user, dataset, pages[place], **answers).status_code == 302
    after = shown(dataset)
    assert (after["fitness_purpose"], after["fitness_limits"]) == ("To plan cycling.", "Not for fines.")


def test_the_ledger_names_for_each_question_who_changed_it(app, steward, colleague, dataset):
    pages = opened(app, steward, dataset), opened(app, colleague, dataset)
    saved(app, steward, dataset, pages[0], fitness_purpose="To plan cycling.")
    saved(app, colleague, dataset, pages[1], fitness_limits="Not for fines.")
    events = call_action("governance_history", id=dataset["id"])["events"][:2]
    fields = [[change["field"] for change in event["changes"]] for event in events]
    assert fields == [["fitness_limits"], ["fitness_purpose"]]


def test_a_declaration_and_an_answer_of_two_people_are_both_kept(app, steward, colleague, dataset):
    pages = opened(app, steward, dataset), opened(app, colleague, dataset)
    saved(app, steward, dataset, pages[0], **{"declared-fitness_alternatives": "unknown"})
    saved(app, colleague, dataset, pages[1], **{"declared-fitness_standards": "unknown"})
    assert {"fitness_alternatives", "fitness_standards"} <= shown(dataset)["governance_declared"].keys()


def test_a_conflict_saves_nothing_and_shows_both_answers_with_role_and_time(app, steward, colleague, dataset):
    mine, theirs = opened(app, steward, dataset), opened(app, colleague, dataset)
    saved(app, colleague, dataset, theirs, fitness_purpose="Theirs.")
    before = shown(dataset)
    answer = saved(app, steward, dataset, mine, fitness_purpose="Mine.", fitness_limits="Also mine.")
    assert answer.status_code == 200
    assert changed(before, shown(dataset)) == set()
    soup = soup_of(answer)
    question = soup.select_one("#osc-question-fitness_purpose")
    assert typed(soup, "fitness_purpose") == "Mine."
    conflict = question.select_one(".osc-conflict").text
    assert "Theirs." in conflict
    assert "By: " in conflict
    assert soup.select_one(".osc-errors a")["href"] == "#field-fitness_purpose"
    assert typed(soup, "fitness_limits") == "Also mine."
    assert len(soup.select(".osc-conflict")) == 1


def test_after_a_conflict_saving_again_replaces_the_answer_knowingly(app, steward, colleague, dataset):
    mine, theirs = opened(app, steward, dataset), opened(app, colleague, dataset)
    saved(app, colleague, dataset, theirs, fitness_purpose="Theirs.")
    again = values_of(soup_of(saved(app, steward, dataset, mine, fitness_purpose="Mine.")))
    assert saved(app, steward, dataset, again).status_code == 302
    assert shown(dataset)["fitness_purpose"] == "Mine."


def test_after_a_conflict_the_stored_answer_can_be_kept_and_the_other_text_stays(app, steward, colleague, dataset):
    mine, theirs = opened(app, steward, dataset), opened(app, colleague, dataset)
    saved(app, colleague, dataset, theirs, fitness_purpose="Theirs.", fitness_limits="Theirs, too.")
    conflict = saved(app, steward, dataset, mine, fitness_purpose="Mine.", fitness_limits="Mine, too.")
    kept = soup_of(saved(app, steward, dataset, values_of(soup_of(conflict)), keep="fitness_purpose"))
    assert (typed(kept, "fitness_purpose"), typed(kept, "fitness_limits")) == ("Theirs.", "Mine, too.")
    assert [node["id"] for node in kept.select(".osc-conflict")] == ["osc-conflict-fitness_limits"]
    saved(app, steward, dataset, values_of(kept))
    after = shown(dataset)
    assert (after["fitness_purpose"], after["fitness_limits"]) == ("Theirs.", "Mine, too.")


def test_the_same_change_by_two_people_is_no_conflict(app, steward, colleague, dataset):
    mine, theirs = opened(app, steward, dataset), opened(app, colleague, dataset)
    saved(app, colleague, dataset, theirs, fitness_purpose="The same.")
    assert saved(app, steward, dataset, mine, fitness_purpose="The same.").status_code == 302


def test_an_answer_that_is_refused_does_not_bring_back_what_others_changed(app, steward, colleague, dataset):
    mine, theirs = opened(app, steward, dataset, "ownership"), opened(app, colleague, dataset, "ownership")
    assert saved(app, colleague, dataset, theirs, "ownership", ownership_owner="Theirs.").status_code == 302
    refused = saved(app, steward, dataset, mine, "ownership", ownership_mandate="javascript:alert(1)")
    again = values_of(soup_of(refused))
    assert again["ownership_mandate"] == ["javascript:alert(1)"]
    assert again["ownership_owner"] == ["Theirs."]
    saved(app, steward, dataset, again, "ownership", ownership_mandate="The council decided it.")
    after = shown(dataset)
    assert (after["ownership_owner"], after["ownership_mandate"]) == ("Theirs.", "The council decided it.")


@pytest.mark.parametrize("state", ["", "no json", "[1]", '{"fitness_purpose": 5}', "[" * 5000])
def test_a_page_that_does_not_say_what_it_was_rendered_from_changes_only_what_differs(app, steward, dataset, state):
    sent = opened(app, steward, dataset) | {"rendered_from": state}
    answer = saved(app, steward, dataset, sent, fitness_limits="New.")
    assert answer.status_code == 302
    assert shown(dataset)["fitness_limits"] == "New."


def test_the_state_of_a_page_holds_digests_and_no_answers(app, steward, dataset):
    state = json.loads(opened(app, steward, dataset)["rendered_from"][0])
    assert "fitness_purpose" in state
    assert all(len(digest) == 16 for digest in state.values())


def test_default_answers_of_two_administrators_are_both_kept_or_shown(app, steward, colleague):
    organization = factories.Organization()
    path = f"/organization/{organization['name']}/usual-answers/dataset/ownership"
    mine, theirs = values_of(form(app, steward, path)), values_of(form(app, colleague, path))
    send(app, colleague, path, **theirs | {"ownership_owner": "Theirs"})
    send(app, steward, path, **mine | {"ownership_custodian": "Mine"})
    stored = call_action("governance_defaults_show", id=organization["id"])["answers"]
    assert stored == {"ownership_owner": "Theirs", "ownership_custodian": "Mine"}
    soup = soup_of(send(app, steward, path, **mine | {"ownership_owner": "Mine"}))
    assert "Theirs" in soup.select_one("#osc-conflict-ownership_owner").text
    assert typed(soup, "ownership_owner") == "Mine"
    assert call_action("governance_defaults_show", id=organization["id"])["answers"] == stored
