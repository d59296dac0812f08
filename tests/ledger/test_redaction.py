"""`ckan opensmartcity ledger redact`: a person's name is erased from everywhere, and everything still verifies."""

import json

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.cli.cli import ckan as ckan_command
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.cli.main import main
from ckanext.opensmartcity.governance.model import metadata
from ckanext.opensmartcity.ledger import sequencer
from ckanext.opensmartcity.ledger_format.redaction import redactions_in
from click.testing import CliRunner
from ledger.conftest import findings, rows, tamper
from sqlalchemy.exc import ProgrammingError
from support.ledger_events import act, bodies
from support.public_addresses import addresses, text_of

PERSON = "Griet Zonnebloem"
GROUND = "Art. 17(1)(d) GDPR"
NOTE = "redacted (Art. 17(1)(d) GDPR, Data protection officer,"


@pytest.fixture
def record(empty_ledger, clean_index):
    """A public dataset that named a person in its first answers, in a later one and in a declaration, and no longer."""
    made = factories.Dataset(
        owner_org=factories.Organization()["id"], ownership_owner=PERSON, fitness_purpose="To know"
    )
    act("package_patch", id=made["id"], ownership_owner="Mobility Department", fitness_limits=f"Ask {PERSON}")
    declared = {"fitness_limits": {"state": "not_applicable", "reason": f"{PERSON} says so"}}
    act("package_patch", id=made["id"], fitness_limits="", governance_declared=json.dumps(declared))
    act("package_patch", id=made["id"], governance_declared="", fitness_limits="None known")
    sequencer.checkpoint()
    return {"id": made["id"], "name": made["name"], "events": [body["id"] for body in bodies(made["id"])]}


@pytest.fixture
def redact(run):
    def redact(event, *arguments, ground=GROUND, code=0):
        return run("redact", event, "--ground", ground, "--yes", *arguments, code=code)

    return redact


def redact_everywhere(redact, record):
    """Erase the name from the three fields that held it."""
    first, second, third, _fourth = record["events"]
    for event, field in ((first, "ownership_owner"), (second, "fitness_limits"), (third, "governance_declared")):
        redact(event, "--field", field)


def holding(text):
    """Return the tables of the extension with a row that holds a text."""
    found = set()
    for table in metadata.sorted_tables:
        query = f'SELECT count(*) FROM "{table.name}" t WHERE strpos(CAST(t AS text), :text) > 0'
        if rows(query, text=text)[0][0]:
            found.add(table.name)
    return found


def offline(*arguments):
    key = rows("SELECT key FROM opensmartcity_key")[0].key
    result = CliRunner().invoke(main, ["verify", *map(str, arguments), "--key", key, "--format", "json"])
    return result.exit_code, json.loads(result.stdout)


@pytest.mark.usefixtures("with_request_context")
def test_the_name_is_gone_from_every_place_and_every_proof_holds(app, run, redact, record, tmp_path):
    """The old exports verify too, and the new ones say how many events are redacted."""
    kept = tmp_path / "kept"
    kept.write_text(rows("SELECT note FROM opensmartcity_checkpoint ORDER BY id DESC")[0].note)
    run("export", tmp_path / "old")
    run("export", tmp_path / "old-part", "--dataset", record["id"])
    assert holding("Zonnebloem") == {"opensmartcity_event"}
    redact_everywhere(redact, record)
    assert holding("Zonnebloem") == set()

    record["events"] = [body["id"] for body in bodies(record["id"])]
    for address in dict.fromkeys(addresses(app, record)):
        assert "Zonnebloem" not in text_of(app.get(address)), address
    assert NOTE in app.get(f"/dataset/{record['name']}/transparency/history").body
    assert NOTE in app.get(f"/transparency/ledger/event/{record['events'][0]}").body
    assert NOTE in app.get("/transparency/feed").body
    assert "erased from the record" in app.get(f"/dataset/{record['name']}/transparency").body
    assert "4 more changes were redacted" in app.get("/transparency/ledger").body

    run("verify")
    size = kept.read_text().splitlines()[1]
    run("export", tmp_path / "whole")
    run("export", tmp_path / "part", "--dataset", record["id"], "--since", size)
    run("export", tmp_path / "everything", "--everything")
    for name, redacted in (("old", 0), ("old-part", 0), ("whole", 4), ("part", 4), ("everything", 4)):
        code, answer = offline(tmp_path / name, "--checkpoint", kept)
        assert (code, answer["redacted"], answer["findings"]) == (0, redacted, []), name
        assert ("Zonnebloem" in (tmp_path / name).read_text()) == (name in ("old", "old-part"))
    proof = tmp_path / "proof"
    proof.write_text(app.get(f"/transparency/ledger/event/{record['events'][0]}.json").body)
    code, answer = offline(proof, "--inclusion")
    assert (code, [found["code"] for found in answer["not_checked"]]) == (2, ["redaction"])


def test_the_api_says_what_was_redacted_on_which_ground_in_which_role_and_when(redact, record):
    first, second, *_ = record["events"]
    assert "ownership_owner: before" in redact(first, "--field", "ownership_owner").output
    newest, *_, owner, created = call_action("governance_history", id=record["id"], limit=100, lang="nl")["events"]
    assert (created["id"], owner["id"]) == (first, second)
    change = next(change for change in created["changes"] if change["field"] == "ownership_owner")
    assert (change["before"], change["after"], change["redacted"]) == (None, None, ["after"])
    assert GROUND in change["after_display"]
    change = next(change for change in owner["changes"] if change["field"] == "ownership_owner")
    assert (change["after"], change["redacted"]) == ("Mobility Department", ["before"])
    (redaction,) = created["redactions"]
    assert redaction["fields"] == {"ownership_owner": ["after"]}
    assert (redaction["ground"], redaction["role"]) == (GROUND, "data_protection_officer")
    assert (redaction["event"], redaction["at"]) == (newest["id"], newest["at"])
    assert (newest["action"], newest["public"]) == ("redact", True)
    assert created["leaf_hash"] == dict(redactions_in(newest["event"]))[first].leaf
    # Nobody can test guesses at the value against the hash any more.
    nonces = [body["nonce"] for body in bodies(record["id"])]
    assert len(set(nonces)) == len(nonces)


def test_a_record_goes_on_after_its_redaction(run, redact, record):
    redact_everywhere(redact, record)
    act("package_patch", id=record["id"], ownership_owner="Streets", fitness_limits="", fitness_purpose="To see")
    act("package_delete", id=record["id"])
    sequencer.checkpoint()
    run("verify")
    act("dataset_purge", id=record["id"], reason=f"{PERSON} asked")
    purge = bodies(record["id"])[-1]["id"]
    # The values of a purged record are withheld, and can be erased too.
    redact(record["events"][0])
    redact(purge, "--role", "sysadmin")
    assert holding("Zonnebloem") == set()
    run("verify")
    history = act("governance_history", factories.Sysadmin(), id=record["id"], limit=100)
    assert history["dataset"]["gone_why"] == ""
    created = history["events"][-1]
    texts = [change for change in created["changes"] if change["field"].startswith(("fitness_", "ownership_"))]
    assert [change["after"] for change in texts] == [None] * len(texts)
    assert len(created["redactions"]) == 2


def test_the_redaction_of_a_private_event_is_private(redact, empty_ledger):
    private = factories.Dataset(owner_org=factories.Organization()["id"], private=True, ownership_owner=PERSON)
    act("package_patch", id=private["id"], ownership_owner="Streets")
    redact(bodies(private["id"])[0]["id"])
    assert [(body["action"], body["public"]) for body in bodies(private["id"])][-1] == ("redact", False)
    assert "Zonnebloem" not in json.dumps(bodies(private["id"]))


def test_the_former_name_of_an_organisation_can_be_erased(run, redact, empty_ledger):
    organization = factories.Organization(title=f"Office of {PERSON}")
    factories.Dataset(owner_org=organization["id"])
    act("organization_patch", id=organization["id"], title="Office of the mayor")
    redact(bodies(organization["id"])[0]["id"])
    assert holding("Zonnebloem") == set()
    run("verify")


def test_a_dry_run_and_a_refusal_to_confirm_change_nothing(cli, redact, record):
    first = record["events"][0]
    before = bodies(record["id"])
    shown = redact(first, "--field", "ownership_owner", "--dry-run").output
    assert f"{first}  " in shown
    assert f"{record['events'][1]}  " in shown
    # Other fields that hold the same text are listed.
    assert "fitness_limits: after" in shown
    assert "governance_declared: after" in shown
    assert PERSON not in shown
    result = cli.invoke(ckan_command, ["opensmartcity", "ledger", "redact", first, "--ground", GROUND], input="n\n")
    assert (result.exit_code, "cannot be restored" in result.output) == (1, True)
    model.Session.rollback()
    assert bodies(record["id"]) == before
    result = cli.invoke(ckan_command, ["opensmartcity", "ledger", "redact", first, "--ground", GROUND], input="y\n")
    assert (result.exit_code, "Recorded by" in result.output) == (0, True)


def test_a_record_that_is_changed_while_the_command_asks_is_not_redacted(cli, record, monkeypatch):
    """The record stays editable until the answer."""

    def confirm(text, abort):
        act("package_patch", id=record["id"], ownership_owner=f"{PERSON}, again")

    monkeypatch.setattr("click.confirm", confirm)
    first = record["events"][0]
    command = ["opensmartcity", "ledger", "redact", first, "--field", "ownership_owner", "--ground", GROUND]
    result = cli.invoke(ckan_command, command)
    assert (result.exit_code, "Change the answer first" in result.output) == (1, True)
    assert "redact" not in {body["action"] for body in bodies(record["id"])}


@pytest.mark.parametrize(
    ("event", "arguments", "code", "words"),
    [
        ("00000000-0000-0000-0000-000000000000", [], 1, "There is no event"),
        ("junk", [], 2, "is not a valid UUID"),
        (0, ["--ground", " "], 2, "Give a text"),
        (0, ["--ground", "a\x00b"], 2, "Give a text"),
        (0, ["--ground", "x" * 1001], 2, "at most 1000"),
        (0, ["--ground", f"{PERSON} asked"], 1, "The ground repeats"),
        (0, ["--field", "fitness_limits"], 1, "does not change fitness_limits"),
        (0, ["--field", "private"], 1, "private cannot be redacted"),
        (0, ["--field", "fitness_purpose"], 1, "Change the answer first"),
        (3, ["--field", "fitness_limits"], 1, "Change the answer first"),
        (0, ["--role", "mayor"], 2, "is not one of"),
    ],
)
def test_what_cannot_be_redacted_is_refused_in_one_line(run, record, event, arguments, code, words):
    event = record["events"][event] if isinstance(event, int) else event
    before = bodies(record["id"])
    arguments = arguments if "--ground" in arguments else ["--ground", GROUND, *arguments]
    assert words in run("redact", event, "--yes", *arguments, code=code).output
    assert bodies(record["id"]) == before


def test_nothing_is_redacted_twice(redact, record):
    first = record["events"][0]
    redact(first, "--field", "ownership_owner")
    assert "Nothing is left to redact in ownership_owner" in redact(first, "--field", "ownership_owner", code=1).output


def test_the_database_lets_no_event_change_but_as_a_redaction_records_it(redact, record):
    first, second, *_ = record["events"]
    redact(first, "--field", "ownership_owner")
    values = {"first": first, "second": second}
    for statement in (
        "UPDATE opensmartcity_event SET body = replace(body, 'To know', 'Never said') WHERE event_id = :first",
        "UPDATE opensmartcity_event SET public = NOT public WHERE event_id = :first",
        "UPDATE opensmartcity_event SET body = '{}' WHERE event_id = :first",
        "UPDATE opensmartcity_event e SET body = o.body FROM opensmartcity_event o "
        "WHERE e.event_id = :first AND o.event_id = :second",
        "DELETE FROM opensmartcity_event WHERE event_id = :first",
    ):
        for allowed in ("off", "on"):
            with pytest.raises(ProgrammingError, match="opensmartcity_event only grows"):
                execute(
                    "SELECT set_config('opensmartcity.redaction', :allowed, true)", statement, allowed=allowed, **values
                )


def execute(*statements, **values):
    with model.meta.engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement), {name: values[name] for name in values if f":{name}" in statement})


def test_values_that_were_put_back_from_a_backup_are_found(run, redact, record):
    first = record["events"][0]
    (before,) = rows("SELECT seq, body FROM opensmartcity_event WHERE event_id = :id", id=first)
    redact(first, "--field", "ownership_owner")
    tamper("UPDATE opensmartcity_event SET body = :body WHERE seq = :seq", body=before.body, seq=before.seq)
    found = [entry for entry in findings(run("verify", "--format", "json", code=1).stdout) if not entry["remark"]]
    assert [(entry["code"], entry["event"]) for entry in found] == [("redaction", first)]
    # The log itself is intact: it can be signed.
    act("package_patch", id=record["id"], fitness_purpose="To see")
    assert sequencer.checkpoint().signed


def test_an_event_that_was_altered_is_not_redacted(redact, record):
    """A redaction must not wipe the traces of tampering."""
    first = record["events"][0]
    tamper("UPDATE opensmartcity_event SET body = replace(body, 'To know', 'Never said')")
    assert "is not the one that was logged" in redact(first, "--field", "ownership_owner", code=1).output
