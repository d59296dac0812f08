"""Permission matrix of events: every kind of viewer against datasets with every kind of past."""

import pytest
from ckan import model
from ckan.lib import search
from ckan.logic import NotAuthorized, NotFound
from ckan.tests import factories
from ckan.tests.helpers import changed_config
from support.ledger_events import act

OPEN = ("anonymous", "outsider", "other_admin")
TEAM = ("member", "editor", "admin", "collaborator", "sysadmin")
HIDDEN = "hidden"

# Events visible to the public and to members of the organisation, newest first; None if the history is hidden.
EXPECTED = {
    "public": (["update", "create"], ["update", "create"]),
    "private": (None, ["update", "create"]),
    "public_then_private": (None, ["update", "visibility", "create"]),
    "private_then_public": (["visibility", HIDDEN, HIDDEN], ["visibility", "update", "create"]),
    "draft": (None, ["create"]),
    "deleted": (["delete", "create"], ["delete", "create"]),
    "deleted_private": (None, ["delete", "create"]),
    "deleted_draft": (None, ["delete", "create"]),
    # A purge withholds the events before it, except from sysadmins.
    "purged_draft": (None, ["purge", HIDDEN, HIDDEN]),
    "purged": (["purge", HIDDEN, HIDDEN], ["purge", HIDDEN, HIDDEN]),
    "purged_private": (None, ["purge", HIDDEN, HIDDEN]),
}


@pytest.fixture(scope="module")
def city(emptied):
    """Two organisations, their people, and datasets with every kind of past."""
    with changed_config("ckan.auth.allow_dataset_collaborators", True):
        people = {name: factories.User() for name in (*OPEN[1:], *TEAM[:4])} | {"sysadmin": factories.Sysadmin()}
        users = [{"name": people[name]["name"], "capacity": name} for name in ("member", "editor", "admin")]
        owner = factories.Organization(users=users)["id"]
        factories.Organization(users=[{"name": people["other_admin"]["name"], "capacity": "admin"}])
        yield people, {name: _past(name, owner, people) for name in EXPECTED}


def _past(name, owner, people):
    private = name.endswith("private") or name.startswith("private")
    private = private and name != "public_then_private"
    state = "draft" if name.endswith("draft") else "active"
    made = factories.Dataset(name=name.replace("_", "-"), owner_org=owner, private=private, state=state)["id"]
    if not name.startswith(("deleted", "purged")):
        model.Session.add(model.PackageMember(package_id=made, user_id=people["collaborator"]["id"], capacity="member"))
        model.Session.commit()
    for step in _STEPS.get(name, ()):
        step(made)
    return made


def _says(answer, **also):
    return lambda dataset: act("package_patch", id=dataset, privacy_class=answer, **also)


def _delete(dataset):
    act("package_delete", id=dataset)


def _purge(dataset):
    act("dataset_purge", id=dataset)


_STEPS = {
    "public": [_says("personal")],
    "private": [_says("personal")],
    "public_then_private": [_says("personal", private=True)],
    "private_then_public": [_says("personal", private=False)],
    "deleted": [_delete],
    "deleted_private": [_delete],
    "deleted_draft": [_delete],
    "purged_draft": [_delete, _purge],
    "purged": [_delete, _purge],
    "purged_private": [_delete, _purge],
}


def _seen(action, person, **data):
    user = {"name": ""} if person is None else person
    with changed_config("ckan.auth.allow_dataset_collaborators", True):
        return act(action, user, **data)["events"]


def _actions(events):
    return [HIDDEN if event["hidden"] else event["action"] for event in events]


def _expected(past, viewer):
    # A collaborator ceases to be one when the dataset is deleted.
    is_open = viewer in OPEN or (viewer == "collaborator" and past.startswith(("deleted", "purged")))
    if viewer == "sysadmin" and past.startswith("purged"):
        return ["purge", "delete", "create"]
    return EXPECTED[past][0 if is_open else 1]


@pytest.mark.parametrize("viewer", [*OPEN, *TEAM])
@pytest.mark.parametrize("past", EXPECTED)
def test_a_history_is_shown_to_whoever_may_see_it(city, past, viewer):
    people, datasets = city
    # The collaborator row was inserted without an action and is recorded with the next change; not tested here.
    expected = _expected(past, viewer)
    if expected is None:
        with pytest.raises(NotAuthorized):
            _seen("governance_history", people.get(viewer), id=datasets[past])
        return
    assert _actions(_seen("governance_history", people.get(viewer), id=datasets[past])) == expected


@pytest.mark.parametrize("viewer", [*OPEN, *TEAM])
def test_the_changes_of_the_portal_are_what_the_histories_show(city, viewer):
    people, datasets = city
    seen = _seen("governance_changes", people.get(viewer), limit=1000)
    for past, dataset in datasets.items():
        of_dataset = [event["action"] for event in seen if event["subject"]["id"] == dataset]
        assert of_dataset == [action for action in _expected(past, viewer) or [] if action != HIDDEN], past


@pytest.mark.parametrize("viewer", [*OPEN, *TEAM])
def test_names_are_shown_to_whoever_may_change_the_dataset_and_to_nobody_else(city, viewer):
    people, datasets = city
    act("package_patch", people["editor"], id=datasets["public"], ownership_owner=f"The people of {viewer}")
    newest = _seen("governance_history", people.get(viewer), id=datasets["public"], limit=1)[0]
    named = viewer in ("editor", "admin", "sysadmin")
    assert newest["actor"].get("user") == (people["editor"]["name"] if named else None)
    assert newest["actor"]["role"] == "editor"
    if not named:
        assert people["editor"]["name"] not in str(newest)


def test_a_hidden_event_gives_its_hash_and_nothing_else(city):
    _, datasets = city
    newest, *hidden = _seen("governance_history", None, id=datasets["private_then_public"])
    assert [set(event) for event in hidden] == [{"hidden", "leaf_hash", "index", "checkpoint"}] * 2
    assert newest["event"]["previous"] == hidden[0]["leaf_hash"]


def test_a_portal_may_open_what_was_said_in_private(city):
    people, datasets = city
    with changed_config("ckanext.opensmartcity.private_history", "shown"):
        events = _seen("governance_history", None, id=datasets["private_then_public"])
        assert _actions(events) == ["visibility", "update", "create"]
        seen = [event["subject"]["id"] for event in _seen("governance_changes", None, limit=1000)]
        assert seen.count(datasets["private_then_public"]) == 3
        assert datasets["private"] not in seen
        with pytest.raises(NotAuthorized):
            _seen("governance_history", people["outsider"], id=datasets["private"])


def test_a_purged_dataset_leaves_a_tombstone_under_its_name(city):
    _, datasets = city
    history = act("governance_history", {"name": ""}, id="purged")
    assert history["dataset"]["id"] == datasets["purged"]
    assert history["dataset"]["state"] == "purged"
    assert history["dataset"]["gone_at"]


def test_a_name_that_is_used_again_means_the_dataset_that_lives(city):
    _, datasets = city
    again = factories.Dataset(name="purged")["id"]
    assert act("governance_history", {"name": ""}, id="purged")["dataset"]["id"] == again
    assert act("governance_history", {"name": ""}, id=datasets["purged"])["dataset"]["state"] == "purged"
    act("dataset_purge", id=again)
    search.commit()
    assert act("governance_history", {"name": ""}, id="purged")["dataset"]["id"] == again


@pytest.mark.parametrize("strange", ["no-such-dataset", "00000000-0000-0000-0000-000000000000"])
def test_what_never_was_is_not_found(city, strange):
    with pytest.raises(NotFound):
        act("governance_history", {"name": ""}, id=strange)


def test_an_organisation_is_no_dataset(city):
    owner = factories.Organization()
    act("organization_patch", id=owner["id"], title="Other")
    with pytest.raises(NotFound):
        act("governance_history", {"name": ""}, id=owner["id"])
