"""Pages of the log: checkpoints, keys and proofs for everybody, events for users who may see them."""

import json

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.cli.main import main
from ckanext.opensmartcity.ledger import sequencer, signer
from ckanext.opensmartcity.ledger.model import log_stream
from click.testing import CliRunner
from lxml import etree

ATOM = {"a": "http://www.w3.org/2005/Atom"}
NOBODYS = "00000000-0000-4000-8000-000000000000"
PUBLIC_PAGES = ("/transparency/ledger", "/transparency/ledger.json", "/transparency/feed")


@pytest.fixture(scope="module")
def key_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "key.pem"
    signer.make_key(path, "test.ckan.net/opensmartcity")
    return path


@pytest.fixture
def seal(monkeypatch, key_file):
    """A function that signs the log as it is."""

    def sign():
        monkeypatch.setitem(tk.config, "ckanext.opensmartcity.signing_key", str(key_file))
        return sequencer.checkpoint()

    return sign


@pytest.fixture
def organization():
    return factories.Organization(title="Mobility Department")


@pytest.fixture
def dataset(current, organization):
    return factories.Dataset(title="Bicycle counters", owner_org=organization["id"], **current)


def newest(dataset, **context):
    return call_action("governance_history", context or {}, id=dataset["id"])["events"][0]


def test_before_the_first_checkpoint_the_page_says_so(app):
    assert "No checkpoint has been signed yet." in app.get("/transparency/ledger").body
    app.get("/transparency/ledger/checkpoint", status=404)
    made = factories.Dataset()
    app.get(f"/dataset/{made['name']}/transparency/history.jsonl", status=404)


def test_the_page_shows_the_checkpoint_that_can_be_kept(app, dataset, seal):
    seal()
    note = app.get("/transparency/ledger/checkpoint").body
    assert note.startswith("test.ckan.net/opensmartcity\n")
    body = app.get("/transparency/ledger").body
    assert note.splitlines()[2] in body
    assert "Bicycle counters" in body
    answer = app.get("/transparency/ledger.json").json
    assert answer["checkpoint"] == note
    assert app.get("/transparency/ledger/key").body.splitlines()[0] == answer["keys"][-1]["key"]
    size = answer["size"]
    assert app.get(f"/transparency/ledger/checkpoint/{size}").body == note
    for other in (size + 100, 0, -1, "x", "1.0", "\u0661", 10**400, "9" * 5000):
        app.get(f"/transparency/ledger/checkpoint/{other}", status=404)


def test_older_checkpoints_are_listed(app, dataset, seal):
    first = seal().signed.size
    call_action("package_patch", id=dataset["id"], fitness_purpose="Another purpose.")
    seal()
    assert f"/transparency/ledger/checkpoint/{first}" in app.get("/transparency/ledger").body


def test_the_proof_is_one_click_from_the_history(app, dataset, seal):
    event = newest(dataset)
    assert event["checkpoint"] is None
    waiting = app.get(f"/transparency/ledger/event/{event['id']}").body
    assert "waits for the next checkpoint" in waiting
    size = seal().signed.size
    event = newest(dataset)
    assert event["checkpoint"] == size
    assert 0 <= event["index"] < size
    history = app.get(f"/dataset/{dataset['name']}/transparency/history").body
    assert f"/transparency/ledger/event/{event['id']}" in history
    body = app.get(f"/transparency/ledger/event/{event['id']}").body
    assert "What this proves" in body
    assert event["leaf_hash"] in body


def test_the_proof_as_a_file_holds_event_and_checkpoint(app, dataset, seal):
    seal()
    event = newest(dataset)
    proof = app.get(f"/transparency/ledger/event/{event['id']}.json").json
    assert proof["event"] == event["event"]
    assert proof["leaf"] == event["leaf_hash"]
    preferred = app.get(f"/transparency/ledger/event/{event['id']}", headers={"Accept": "application/json"})
    assert preferred.json == proof


def verify(folder, *options, **files):
    """Run `opensmartcity verify` on downloaded files."""
    for name, text in files.items():
        (folder / name).write_text(text)
    paths = [str(folder / "history"), "--checkpoint", str(folder / "checkpoint"), "--key", str(folder / "key")]
    return CliRunner().invoke(main, ["verify", *options, *paths])


def test_the_history_as_a_file_is_verified_without_the_portal_and_a_doctored_one_is_not(app, dataset, seal, tmp_path):
    call_action("package_patch", id=dataset["id"], fitness_purpose="Another purpose.")
    seal()
    history = app.get(f"/dataset/{dataset['name']}/transparency/history.jsonl")
    assert history.headers["Content-Disposition"] == f"attachment; filename={dataset['name']}-history.jsonl"
    files = {
        "history": history.body,
        "checkpoint": app.get("/transparency/ledger/checkpoint").body,
        "key": app.get("/transparency/ledger/key").body,
    }
    good = verify(tmp_path, **files)
    assert good.exit_code == 0, good.output
    doctored = verify(tmp_path, **files | {"history": history.body.replace("Another purpose.", "Any purpose at all.")})
    assert doctored.exit_code == 1, doctored.output
    assert newest(dataset)["id"] in doctored.output


def test_a_history_proves_that_the_record_goes_on_from_a_kept_checkpoint(app, dataset, seal, tmp_path):
    kept = seal().signed.size
    files = {"checkpoint": app.get("/transparency/ledger/checkpoint").body}
    files["key"] = app.get("/transparency/ledger/key").body
    call_action("package_patch", id=dataset["id"], fitness_purpose="Another purpose.")
    today = seal().signed.size
    path = f"/dataset/{dataset['name']}/transparency/history.jsonl"
    unlinked = verify(tmp_path, history=app.get(path).body, **files)
    assert (unlinked.exit_code, "unlinked" in unlinked.output) == (2, True), unlinked.output
    for sizes in (f"kept={kept}", f"kept=&kept={kept}", f"kept={kept}&kept={today}"):
        linked = verify(tmp_path, history=app.get(f"{path}?{sizes}").body, **files)
        assert linked.exit_code == 0, linked.output
    assert app.get(f"{path}?kept={today + 1}").body == app.get(path).body


def test_a_slow_reader_of_a_history_holds_no_connection_to_the_database(app, dataset, seal, monkeypatch):
    for number in range(5):
        call_action("package_patch", id=dataset["id"], fitness_purpose=f"Purpose {number}.")
    kept = seal().signed.size
    call_action("package_patch", id=dataset["id"], fitness_purpose="No checkpoint has this yet.")
    path = f"/dataset/{dataset['name']}/transparency/history.jsonl?kept={kept}"
    whole = app.get(path).body.splitlines(keepends=True)
    monkeypatch.setattr(log_stream, "_CHUNK", 2)
    model.Session.remove()
    pool = model.meta.engine.pool
    before = pool.checkedout()
    made = app.flask_app.test_client().get(path, buffered=False)
    taken = [(line.decode(), pool.checkedout()) for line in made.response]
    assert [line for line, _ in taken] == whole
    assert [json.loads(line)["event"]["action"] for line in whole if "event" in json.loads(line)] == [
        "create",
        *["update"] * 6,
    ]
    assert max(*(held for _, held in taken), pool.checkedout()) <= before


def test_a_reader_who_goes_away_holds_no_connection_either(app, dataset, seal):
    seal()
    pool = model.meta.engine.pool
    model.Session.remove()
    before = pool.checkedout()
    made = app.flask_app.test_client().get(f"/dataset/{dataset['name']}/transparency/history.jsonl", buffered=False)
    next(iter(made.response))
    made.close()
    assert pool.checkedout() <= before


@pytest.mark.parametrize("kept", ["many", "-1", "1.5", "9" * 40, "\N{ARABIC-INDIC DIGIT ONE}", "&kept=".join("1" * 11)])
def test_what_is_no_size_of_a_checkpoint_is_refused(app, dataset, seal, kept):
    seal()
    body = app.get(f"/dataset/{dataset['name']}/transparency/history.jsonl?kept={kept}", status=400).body
    assert "Give the number in the second line of your checkpoint." in body


def test_the_proof_of_one_event_as_a_file_is_verified(app, dataset, seal, tmp_path):
    seal()
    files = {"checkpoint": app.get("/transparency/ledger/checkpoint").body}
    files["key"] = app.get("/transparency/ledger/key").body
    proof = app.get(f"/transparency/ledger/event/{newest(dataset)['id']}.json").body
    assert verify(tmp_path, history=proof, **files).exit_code == 2
    good = verify(tmp_path, "--inclusion", history=proof, **files)
    assert good.exit_code == 0, good.output


def test_the_file_holds_hashes_alone_of_what_was_said_in_private(app, current, organization, seal):
    answers = current | {"fitness_limits": "A word that nobody outside may read"}
    made = factories.Dataset(private=True, owner_org=organization["id"], **answers)
    seal()
    path = f"/dataset/{made['name']}/transparency/history.jsonl"
    app.get(path, status=404)
    call_action("package_patch", id=made["id"], fitness_limits="Nothing.", private=False)
    seal()
    body = app.get(path).body
    assert "nobody outside may read" not in body
    assert '"leaf"' in body


@pytest.mark.parametrize("id", [NOBODYS, "nonsense", "..%2f..%2fetc"])
def test_an_event_that_is_not_there(app, id):
    for suffix in ("", ".json"):
        app.get(f"/transparency/ledger/event/{id}{suffix}", status=404)


def test_an_event_of_a_private_dataset_shows_its_hash_alone(app, current, organization, seal):
    made = factories.Dataset(title="Nobody may read this", private=True, owner_org=organization["id"], **current)
    event = newest(made)
    # Before the checkpoint, other users do not learn that the event exists.
    app.get(f"/transparency/ledger/event/{event['id']}", status=404)
    seal()
    body = app.get(f"/transparency/ledger/event/{event['id']}").body
    assert "This change is not public, but there is proof that it was made." in body
    assert "Nobody may read this" not in body
    assert "event" not in app.get(f"/transparency/ledger/event/{event['id']}.json").json
    for page in PUBLIC_PAGES:
        assert "Nobody may read this" not in app.get(page).body


def test_the_feed_of_the_portal(app, dataset):
    feed = etree.fromstring(app.get("/transparency/feed").body.encode())
    titles = feed.xpath("a:entry/a:title/text()", namespaces=ATOM)
    assert "Bicycle counters: Registered" in titles
    assert feed.xpath("count(a:entry)", namespaces=ATOM) <= 50


def test_the_pages_ask_the_same_however_long_the_record_is(app, dataset, seal, monkeypatch):
    from support.query_budget import counted  # noqa: PLC0415

    def calls(path):
        app.get(path)
        model.Session.remove()
        with counted(monkeypatch) as counts:
            app.get(path)
        return counts

    seal()
    event = newest(dataset)["id"]
    paths = [*PUBLIC_PAGES, f"/transparency/ledger/event/{event}"]
    short = {path: len(calls(path).sql) for path in paths}
    for number in range(8):
        call_action("package_patch", id=dataset["id"], fitness_purpose=f"Purpose {number}.")
        seal()
    long = {path: calls(path) for path in paths}
    assert {path: len(calls.sql) for path, calls in long.items()} == short
    assert max(short.values()) <= 9, "\n".join(map(str, long.values()))
    assert json.dumps([calls.solr for calls in long.values()]) == "[[], [], [], []]"
