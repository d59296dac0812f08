"""Self-verification: before it signs, the portal verifies its ledger; the result is public and stops signing."""

from datetime import datetime, timedelta, timezone

import pytest
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.ledger import sequencer
from ckanext.opensmartcity.ledger.model.verifications import Verification
from ckanext.opensmartcity.ledger.self_verification import INTERVAL, SHORT, is_due
from ckanext.opensmartcity.ledger.signer import LogError
from ledger.conftest import rows, slip_in, tamper
from support.ledger_events import act

BREAK = "UPDATE opensmartcity_event SET body = replace(body, 'Purpose 1', 'Purpose X')"
MEND = "UPDATE opensmartcity_event SET body = replace(body, 'Purpose X', 'Purpose 1')"
PAGE = "/transparency/ledger"


def shown(user=None):
    return act("governance_checkpoint_show", user)["self_verification"]


def test_a_checkpoint_tells_what_was_verified(fresh_city, app):
    assert rows("SELECT count(*) FROM opensmartcity_verification")[0][0] == 0 or shown()
    sequencer.checkpoint()
    result = call_action("governance_checkpoint_show", {"user": "", "ignore_auth": False})["self_verification"]
    assert (result["verdict"], result["size"], result["events"], result["findings"]) == ("verified", 9, 9, 0)
    assert "first_findings" not in result
    assert "Yes. On " in app.get(PAGE).body
    assert "the portal checked 9 changes of the record, up to the checkpoint of 9 changes." in app.get(PAGE).body
    assert app.get(f"{PAGE}.json").json["self_verification"] == result


def test_a_finding_stops_signing_and_is_shown(fresh_city, app, run):
    tamper(BREAK)
    for _ in range(2):
        with pytest.raises(LogError, match="The ledger does not verify: altered: index 4: This event does not match"):
            sequencer.checkpoint()
    assert "does not verify" in run("checkpoint", code=1).output
    assert shown(factories.User())["verdict"] == "failed"
    assert "first_findings" not in shown(factories.User())
    assert shown(factories.Sysadmin())["first_findings"][0].startswith("altered: index 4")
    body = app.get(PAGE).body
    assert "the portal found" in body
    assert "Nothing is sealed until they are explained." in body
    assert "altered: index 4" not in body
    tamper(MEND)
    sequencer.checkpoint()
    assert shown()["verdict"] == "verified"


def test_a_finding_about_a_dataset_does_not_stop_signing(fresh_city, app):
    dataset = fresh_city.datasets[0]["id"]
    text = slip_in(dataset, "Slipped in")
    try:
        sequencer.checkpoint()
        assert (shown()["verdict"], shown()["stops_signing"]) == ("failed", False)
        assert "The record itself is intact." in app.get(PAGE).body
    finally:
        slip_in(dataset, text)


def test_the_command_stores_its_result_unless_it_compares_with_something_kept(fresh_city, run, tmp_path):
    run("verify")
    count = rows("SELECT count(*) FROM opensmartcity_verification")
    (tmp_path / "kept").write_text(fresh_city.first)
    run("verify", "--checkpoint", tmp_path / "kept")
    assert rows("SELECT count(*) FROM opensmartcity_verification") == count
    run("verify")
    assert rows("SELECT count(*) FROM opensmartcity_verification") != count


@pytest.mark.parametrize(
    ("seconds", "age", "stops", "due"),
    [
        (SHORT / 2, timedelta(0), False, True),
        (SHORT * 2, timedelta(0), False, False),
        (SHORT * 2, INTERVAL / 2, False, False),
        (SHORT * 2, INTERVAL * 2, False, True),
        (SHORT * 2, timedelta(0), True, True),
    ],
)
def test_a_long_verification_is_run_once_a_day(seconds, age, stops, due):
    last = Verification(seconds, "verified", 1, 1, 0, [], stops, datetime.now(timezone.utc) - age)
    assert is_due(last) is due
    assert is_due(None)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM opensmartcity_actor WHERE event_seq = (SELECT max(event_seq) FROM opensmartcity_actor)",
        "UPDATE opensmartcity_event SET public = false WHERE seq = (SELECT max(seq) FROM opensmartcity_event)",
        "UPDATE opensmartcity_event SET body = body || ' ' WHERE seq = (SELECT max(seq) FROM opensmartcity_event)",
        "DELETE FROM opensmartcity_event WHERE seq = (SELECT max(seq) - 1 FROM opensmartcity_event)",
    ],
)
def test_an_event_that_the_portal_did_not_write_so_is_not_logged(fresh_city, statement):
    dataset = fresh_city.datasets[0]["id"]
    act("package_patch", id=dataset, fitness_limits="One")
    act("package_patch", id=dataset, fitness_limits="")
    size = rows("SELECT count(*) FROM opensmartcity_leaf")
    tamper(statement)
    with pytest.raises(LogError, match="is not one that the portal wrote"):
        sequencer.checkpoint()
    assert rows("SELECT count(*) FROM opensmartcity_leaf") == size
