"""Personal data in the answers of a purged dataset: no public route, feed, export or action gives it any more."""

import json

import pytest
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.cli.main import main
from ckanext.opensmartcity.ledger import recorder, sequencer
from ckanext.opensmartcity.ledger.actor import SYSTEM
from ckanext.opensmartcity.ledger.model import subject_state
from ckanext.opensmartcity.ledger.model.events import SubjectInfo
from ckanext.opensmartcity.ledger.recorder import Author, Subject
from ckanext.opensmartcity.ledger_format.diff import EventDraft
from ckanext.opensmartcity.ledger_format.event import Change
from click.testing import CliRunner
from ledger.conftest import rows
from support.ledger_events import act, bodies

PERSON = "Griet Zonnebloem"
GET_ACTIONS = (
    "governance_history?id={id}",
    "governance_history?id={name}&limit=100&lang=nl",
    "governance_show?id={id}",
    "governance_changes?limit=1000",
    "governance_changes?since=2020-01-01&limit=1000",
    "governance_event_show?id={event}",
    "governance_proof?event={event}",
    "governance_checkpoint_show",
    "governance_audit",
    "governance_stats",
    "governance_city_show",
    "governance_question_list?id={id}",
    "governance_story_list?id={id}",
    "governance_links_list",
    "package_show?id={id}",
    "package_search?q=Zonnebloem",
)


@pytest.fixture
def purged(empty_ledger, clean_index):
    """A public dataset that named a person in three events, was deleted and purged; its id, name and event ids."""
    made = factories.Dataset(owner_org=factories.Organization()["id"], ownership_owner=PERSON, name="the-purged")
    act("package_patch", id=made["id"], fitness_limits=f"Ask {PERSON}", fitness_purpose="To know")
    declared = {"fitness_purpose": {"state": "not_applicable", "reason": f"{PERSON} says so"}}
    act("package_patch", id=made["id"], fitness_purpose="", governance_declared=json.dumps(declared))
    sequencer.checkpoint()
    act("package_delete", id=made["id"])
    assert PERSON in json.dumps(act("governance_history", factories.User(), id=made["id"]))
    act("dataset_purge", id=made["id"], reason="On request of a person")
    return {"id": made["id"], "name": made["name"], "events": [body["id"] for body in bodies(made["id"])]}


def old_purge(purged):
    """Append a purge event with the values before, as versions before 0.1 did."""
    session = model.Session()
    state = subject_state.lock(session, purged["id"])
    info = SubjectInfo(state.labels, state.inner_labels, state.name, state.title, None, state.gone_at, state.gone_why)
    subject = Subject(purged["id"], "dataset", {}, info, state.last_hash)
    drafts = [EventDraft("purge", True, (Change("ownership_owner", PERSON, None),))]
    recorder.append(session, Author(SYSTEM, "system"), subject, drafts)
    session.commit()


def addresses(app, purged):
    """Yield the address of each of our GET routes with the ids of the dataset and its events, and of our actions."""
    for event in purged["events"]:
        for rule in app.flask_app.url_map.iter_rules():
            if not rule.endpoint.startswith("opensmartcity") or "GET" not in rule.methods:
                continue
            for id in (purged["id"], purged["name"]):
                known = {"package_type": "dataset", "id": event if "ledger" in rule.endpoint else id, "size": 1}
                values = {name: known.get(name, "ownership") for name in rule.arguments}
                yield rule.build(values, append_unknown=False)[1]
        for query in GET_ACTIONS:
            yield "/api/3/action/" + query.format(event=event, **purged)


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.usefixtures("with_request_context")
def test_no_public_route_gives_a_value_of_a_purged_dataset(app, run, purged, tmp_path, old):
    if old:
        old_purge(purged)
        purged["events"] = [body["id"] for body in bodies(purged["id"])]
    sequencer.checkpoint()
    statuses = {}
    for address in dict.fromkeys(addresses(app, purged)):
        response = app.get(address, status="*", expect_errors=True)
        statuses[address] = response.status_code
        for text in (PERSON, json.dumps(PERSON)[1:-1], PERSON.replace(" ", "+")):
            assert text not in response.get_data(as_text=True), address
    assert statuses[f"/dataset/{purged['id']}/transparency/history.jsonl"] == 200
    assert statuses[f"/dataset/{purged['id']}/transparency"] == 410
    run("export", tmp_path / "whole")
    run("export", tmp_path / "part", "--dataset", purged["id"])
    run("export", tmp_path / "everything", "--everything")
    assert PERSON in (tmp_path / "everything").read_text()
    key = rows("SELECT key FROM opensmartcity_key")[0].key
    for name in ("whole", "part"):
        assert PERSON not in (tmp_path / name).read_text()
        result = CliRunner().invoke(main, ["verify", str(tmp_path / name), "--key", key])
        assert result.exit_code == 0, result.output
    run("verify")


def test_the_tombstone_says_when_and_why(app, purged):
    history = call_action("governance_history", {"user": "", "ignore_auth": False}, id=purged["id"])
    assert history["dataset"]["state"] == "purged"
    assert (history["dataset"]["gone_why"], bool(history["dataset"]["gone_at"])) == ("On request of a person", True)
    newest, *earlier = history["events"]
    assert (newest["action"], [change["field"] for change in newest["changes"]]) == ("purge", ["reason"])
    assert [event["withheld"] for event in earlier] == [True] * 4
    body = app.get(f"/dataset/{purged['id']}/transparency", status=410).body
    assert "On request of a person" in body
    assert "What changed is no longer shown" in body


def test_a_sysadmin_reads_what_is_withheld(purged):
    history = act("governance_history", factories.Sysadmin(), id=purged["id"])
    assert PERSON in json.dumps(history)
    assert PERSON not in json.dumps(act("governance_history", factories.User(), id=purged["id"]))


def test_a_dataset_made_again_under_the_same_id_does_not_open_what_was_withheld(purged):
    sysadmin, organization = factories.Sysadmin(), factories.Organization()
    act("package_create", sysadmin, id=purged["id"], name="the-purged", owner_org=organization["id"], private=False)
    history = act("governance_history", factories.User(), id=purged["id"])
    assert PERSON not in json.dumps(history)
    assert [event["hidden"] for event in history["events"]] == [False, False, True, True, True, True]
