"""Checkpoints and proofs from the API: they verify, and read few rows."""

import json
import uuid

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.cli.main import main
from ckanext.opensmartcity.ledger import sequencer
from ckanext.opensmartcity.ledger_format.event import leaf_hash
from ckanext.opensmartcity.tlog import merkle
from ckanext.opensmartcity.tlog.checkpoint import parse_checkpoint
from click.testing import CliRunner
from ledger.conftest import append, rows
from support.ledger_tables import renew
from support.query_budget import counted

API = "/api/3/action/"


@pytest.fixture(scope="module")
def signed(emptied):
    """A log of 700 events, signed at 300, 301 and 700; and one event that waits."""
    renew()
    return []


@pytest.fixture(autouse=True)
def log(signed, signing_key):
    if not signed:
        for count in (300, 1, 399):
            append(count)
            signed.append(sequencer.checkpoint().signed)
        append(1)
    return signed


def event_at(index):
    return rows(
        "SELECT CAST(e.event_id AS text) AS id, e.body FROM opensmartcity_event e "
        'JOIN opensmartcity_leaf l ON l.event_seq = e.seq WHERE l."index" = :index',
        index=index,
    )[0]


def hashes(proof):
    return [bytes.fromhex(value) for value in proof]


def test_the_newest_checkpoint_and_its_keys_are_shown_to_everyone(app, log):
    answer = app.get(API + "governance_checkpoint_show").json["result"]
    assert answer["checkpoint"] == str(log[-1].note)
    assert (answer["size"], answer["origin"]) == (700, "test.ckan.net/opensmartcity")
    (key,) = answer["keys"]
    assert (key["since"], key["until"]) == (0, None)


def test_an_older_checkpoint_is_shown_by_its_size(app, log):
    answer = app.get(API + "governance_checkpoint_show?size=300").json["result"]
    assert answer["checkpoint"] == str(log[0].note)


@pytest.mark.parametrize("index", [0, 255, 256, 299, 300, 699])
@pytest.mark.parametrize("size", [301, 700, None])
def test_an_event_is_proven_to_be_in_a_log(app, log, index, size):
    if size and index >= size:
        pytest.skip("logged later")
    event = event_at(index)
    query = f"?event={event.id}" + (f"&size={size}" if size else "")
    answer = app.get(API + "governance_proof" + query).json["result"]
    signed = parse_checkpoint(answer["checkpoint"])
    leaf = leaf_hash(event.body.encode())
    assert (answer["index"], answer["leaf"], answer["size"]) == (index, leaf.hex(), size or 700)
    assert merkle.verify_inclusion(index, signed.size, leaf, hashes(answer["proof"]), signed.root)


def test_the_proof_is_given_in_the_form_of_c2sp_too(app):
    event = event_at(5)
    answer = app.get(API + f"governance_proof?event={event.id}").json["result"]
    head, index, *proof = answer["text"].partition("\n\n")[0].split("\n")
    assert (head, index, len(proof)) == ("c2sp.org/tlog-proof@v1", "index 5", len(answer["proof"]))
    assert answer["text"].endswith("\n\n" + answer["checkpoint"])


@pytest.mark.parametrize(("old", "new"), [(1, 300), (300, 301), (300, 700), (256, 700), (700, 700)])
def test_an_older_log_is_proven_to_be_the_beginning(app, old, new):
    answer = app.get(API + f"governance_proof?from_size={old}&size={new}").json["result"]
    leaves = [bytes(row[0]) for row in rows('SELECT hash FROM opensmartcity_leaf ORDER BY "index"')]
    proof = answer["consistency"]
    assert (proof["from"], proof["to"]) == (old, new)
    roots = merkle.root_of(leaves[:old]), merkle.root_of(leaves[:new])
    assert merkle.verify_consistency(old, new, roots[0], hashes(proof["proof"]), roots[1])
    assert parse_checkpoint(answer["checkpoint"]).root == roots[1]


def test_answers_saved_as_files_verify(app, log, tmp_path):
    kept, key = tmp_path / "kept", app.get(API + "governance_checkpoint_show").json["result"]["keys"][0]["key"]
    kept.write_text(str(log[0].note))
    inclusion, consistency = tmp_path / "inclusion.json", tmp_path / "consistency.json"
    inclusion.write_text(app.get(API + f"governance_proof?event={event_at(299).id}").body)
    consistency.write_text(app.get(API + "governance_proof?from_size=300").body)
    command = ["verify", str(inclusion), str(consistency), "--inclusion", "--checkpoint", str(kept), "--key", key]
    result = CliRunner().invoke(main, command)
    words = "Verified: 1 events, up to the checkpoint of 700 events. Complete histories: 0.\n"
    assert (result.exit_code, result.stdout) == (0, words)
    result = CliRunner().invoke(main, ["verify", str(consistency), *command[4:]])
    words = "Verified: the log that you kept is the beginning of the log of 700 events.\n"
    assert (result.exit_code, result.stdout) == (0, words)
    assert CliRunner().invoke(main, [*command[:2], *command[3:]]).exit_code == 2


WAITING = "SELECT CAST(event_id AS text) FROM opensmartcity_event ORDER BY seq DESC LIMIT 1"


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("governance_checkpoint_show?size=2", 404, "no checkpoint of this size"),
        ("governance_checkpoint_show?size=-1", 409, "size"),
        ("governance_checkpoint_show?size=many", 409, "size"),
        ("governance_checkpoint_show?size=9223372036854775808", 409, "Give a number"),
        ("governance_proof", 409, "either event or from_size"),
        ("governance_proof?event=EVENT&from_size=3", 409, "either event or from_size"),
        ("governance_proof?event=7", 409, "not the id of an event"),
        (f"governance_proof?event={uuid.uuid4()}", 404, "no event with this id"),
        ("governance_proof?event=WAITING", 404, "waits for the next checkpoint"),
        ("governance_proof?event=EVENT&size=300", 404, "after the checkpoint"),
        ("governance_proof?event=EVENT&size=5", 404, "no checkpoint of this size"),
        ("governance_proof?from_size=701", 409, "from 1 to 700"),
        ("governance_proof?from_size=0", 409, "Give a number"),
        ("governance_proof?from_size=301&size=300", 409, "from 1 to 300"),
    ],
)
def test_what_cannot_be_proven_is_said_in_words(app, query, status, words):
    query = query.replace("EVENT", event_at(600).id).replace("WAITING", rows(WAITING)[0][0])
    answer = app.get(API + query, status=status)
    assert words in json.dumps(answer.json["error"])


@pytest.mark.parametrize("query", [{"from_size": 257}, {"event": True}])
def test_a_proof_costs_few_statements_and_rows(log, query, monkeypatch):
    if "event" in query:
        query = {"event": event_at(299).id}
    call_action("governance_proof", **query)
    model.Session.rollback()
    read = []
    with counted(monkeypatch) as calls:
        sa.event.listen(model.meta.engine, "after_cursor_execute", lambda *args: read.append(args[1].rowcount))
        call_action("governance_proof", **query)
    assert (len(calls.sql), len(calls.solr)) <= (4, 0), calls
    assert sum(read) <= 20


def test_before_the_first_checkpoint_there_is_nothing_to_show(app, signed):
    renew()
    signed.clear()
    for query in ("governance_checkpoint_show", "governance_proof?from_size=1"):
        assert "No checkpoint has been signed yet" in json.dumps(app.get(API + query, status=404).json["error"])
