"""`if_unchanged_since`: a program does not overwrite an answer that it has not seen (lost update)."""

import uuid

import pytest
from ckan.plugins import toolkit as tk
from ckan.tests import factories
from ckan.tests.helpers import call_action

SENT, STORED = "Mine.", "Theirs."


@pytest.fixture
def dataset(current):
    return factories.Dataset(owner_org=factories.Organization()["id"], **current)


def newest(dataset):
    return call_action("governance_history", id=dataset["id"])["events"][0]["id"]


def patch(dataset, **changes):
    return call_action("package_patch", id=dataset["id"], **changes)


def update(dataset, **changes):
    since = {name: changes.pop(name) for name in ("if_unchanged_since",) if name in changes}
    return call_action("package_update", **dataset | changes | since)


def revise(dataset, **changes):
    since = {name: changes.pop(name) for name in ("if_unchanged_since",) if name in changes}
    return call_action("package_revise", match={"id": dataset["id"]}, update=changes, **since)


WAYS = pytest.mark.parametrize("write", [patch, update, revise])


@WAYS
def test_an_answer_that_somebody_else_changed_is_not_overwritten(dataset, write):
    since = newest(dataset)
    patch(dataset, fitness_purpose=STORED)
    with pytest.raises(tk.ValidationError) as refused:
        write(dataset, fitness_purpose=SENT, if_unchanged_since=since)
    conflict = refused.value.error_dict["fitness_purpose"]
    assert (conflict["sent"], conflict["stored"], conflict["event"]) == (SENT, STORED, newest(dataset))
    assert conflict["role"]
    assert call_action("package_show", id=dataset["id"])["fitness_purpose"] == STORED


@WAYS
def test_with_the_newest_event_the_call_goes_through_and_stores_no_parameter(dataset, write):
    patch(dataset, fitness_purpose=STORED)
    write(dataset, fitness_purpose=SENT, if_unchanged_since=newest(dataset))
    after = call_action("package_show", id=dataset["id"])
    assert after["fitness_purpose"] == SENT
    assert "if_unchanged_since" not in str(after)


@pytest.mark.parametrize("write", [patch, revise])
def test_changes_of_other_answers_are_no_conflict(dataset, write):
    since = newest(dataset)
    patch(dataset, fitness_purpose=STORED)
    write(dataset, fitness_limits=SENT, if_unchanged_since=since)
    after = call_action("package_show", id=dataset["id"])
    assert (after["fitness_purpose"], after["fitness_limits"]) == (STORED, SENT)


def test_an_update_of_the_whole_record_does_not_revert_an_answer(dataset):
    since = newest(dataset)
    patch(dataset, fitness_purpose=STORED)
    with pytest.raises(tk.ValidationError) as refused:
        update(dataset, fitness_limits=SENT, if_unchanged_since=since)
    assert "fitness_purpose" in refused.value.error_dict


@WAYS
@pytest.mark.parametrize("since", ["", "yesterday", 5, ["a"], {"a": 1}, "\0", str(uuid.uuid4())])
def test_an_event_that_does_not_exist_is_refused_by_name(dataset, write, since):
    with pytest.raises(tk.ValidationError) as refused:
        write(dataset, fitness_purpose=SENT, if_unchanged_since=since)
    assert "if_unchanged_since" in refused.value.error_dict


def test_the_api_answers_with_409_and_the_type_conflict(app, dataset):
    since, steward = newest(dataset), factories.SysadminWithToken()
    patch(dataset, fitness_purpose=STORED)
    sent = {"id": dataset["id"], "fitness_purpose": SENT, "if_unchanged_since": since}
    headers = {"Authorization": steward["token"]}
    answer = app.post("/api/3/action/package_patch", json=sent, headers=headers)
    assert answer.status_code == 409
    assert answer.json["error"]["__type"] == "Conflict"
    assert answer.json["error"]["fitness_purpose"]["stored"] == STORED


def test_who_may_not_edit_learns_no_stored_value(app, dataset):
    since, stranger = newest(dataset), factories.UserWithToken()
    patch(dataset, fitness_purpose=STORED)
    sent = {"id": dataset["id"], "fitness_purpose": SENT, "if_unchanged_since": since}
    answer = app.post("/api/3/action/package_patch", json=sent, headers={"Authorization": stranger["token"]})
    assert answer.status_code == 403
    assert STORED not in answer.body
