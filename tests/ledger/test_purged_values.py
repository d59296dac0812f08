"""Personal data in the answers of a purged dataset: no public route, feed, export or action gives it any more."""

import json

import pytest
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.cli.main import main
from ckanext.opensmartcity.ledger import recorder, sequencer
from ckanext.opensmartcity.ledger_format.diff import EventDraft, changes_between, draft_events
from click.testing import CliRunner
from ledger.conftest import rows
from support.ledger_events import act, bodies
from support.public_addresses import addresses, text_of

PERSON = "Griet Zonnebloem"


def draft_as_before(before, after, reason=None):
    """Draft events as versions before 0.1 did, whose purge events repeat all values."""
    if after.answers is not None:
        return draft_events(before, after, reason)
    return (EventDraft("purge", True, changes_between(before.answers, {})),)


@pytest.fixture(params=["new", "old"])
def purged(request, empty_ledger, clean_index, monkeypatch):
    """A public dataset that named a person in three events, was deleted and purged; its id, name and event ids."""
    made = factories.Dataset(owner_org=factories.Organization()["id"], ownership_owner=PERSON)
    act("package_patch", id=made["id"], fitness_limits=f"Ask {PERSON}", fitness_purpose="To know")
    declared = {"fitness_purpose": {"state": "not_applicable", "reason": f"{PERSON} says so"}}
    act("package_patch", id=made["id"], fitness_purpose="", governance_declared=json.dumps(declared))
    sequencer.checkpoint()
    act("package_delete", id=made["id"])
    assert PERSON in json.dumps(act("governance_history", factories.User(), id=made["id"]))
    with monkeypatch.context() as patch:
        if request.param == "old":
            patch.setattr(recorder, "draft_events", draft_as_before)
        act("dataset_purge", id=made["id"], reason="On request of a person")
    return {"id": made["id"], "name": made["name"], "events": [body["id"] for body in bodies(made["id"])]}


@pytest.mark.usefixtures("with_request_context")
def test_no_public_route_gives_a_value_of_a_purged_dataset(app, run, purged, tmp_path):
    sequencer.checkpoint()
    statuses = {}
    for address in dict.fromkeys(addresses(app, purged)):
        response = app.get(address)
        statuses[address] = response.status_code
        for text in (PERSON, json.dumps(PERSON)[1:-1], PERSON.replace(" ", "+")):
            assert text not in text_of(response), address
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
    shown = [event for event in history["events"] if not event["hidden"]]
    # A purge event of an earlier version repeats all values.
    assert [event["action"] for event in shown] in (["purge"], [])
    assert [change["field"] for event in shown for change in event["changes"]] in (["reason"], [])
    assert [event["withheld"] for event in history["events"][len(shown) :]] == [True] * (5 - len(shown))
    body = app.get(f"/dataset/{purged['id']}/transparency", status=410).body
    assert "On request of a person" in body
    assert "What changed is no longer shown" in body


def test_a_sysadmin_reads_what_is_withheld(purged):
    history = act("governance_history", factories.Sysadmin(), id=purged["id"])
    assert PERSON in json.dumps(history)
    assert PERSON not in json.dumps(act("governance_history", factories.User(), id=purged["id"]))


def test_a_dataset_made_again_under_the_same_id_does_not_open_what_was_withheld(purged):
    sysadmin, organization = factories.Sysadmin(), factories.Organization()
    act("package_create", sysadmin, id=purged["id"], name=purged["name"], owner_org=organization["id"], private=False)
    history = act("governance_history", factories.User(), id=purged["id"])
    assert PERSON not in json.dumps(history)
    assert [event["hidden"] for event in history["events"]][-4:] == [True] * 4
    assert history["events"][0]["action"] == "create"
