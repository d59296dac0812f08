"""`ckan opensmartcity ledger verify`: detects tampering by the database owner and names the first affected row."""

import json

import pytest
from ckan import model
from ckan.cli.cli import ckan as ckan_command
from ckan.tests import factories
from ckanext.opensmartcity.ledger import sequencer, signer
from ckanext.opensmartcity.ledger.high_water_mark import HighWaterMark
from ckanext.opensmartcity.ledger.model.log import StoredTiles
from ckanext.opensmartcity.ledger_format.canonical_json import canonical_bytes
from ckanext.opensmartcity.ledger_format.event import leaf_hash
from ledger.conftest import append, rows, slip_in, swap_bodies, tamper
from support.ledger_events import act
from support.ledger_tables import renew


@pytest.fixture
def verify(cli):
    def run(*arguments):
        model.Session.remove()
        result = cli.invoke(ckan_command, ["opensmartcity", "ledger", "verify", "--format", "json", *arguments])
        answer = json.loads(result.stdout)
        assert result.exit_code == {"verified": 0, "failed": 1, "not_verifiable": 2}[answer["verdict"]]
        return [finding for finding in answer["findings"] if not finding["remark"]] + answer["not_checked"]

    return run


@pytest.fixture
def kept(fresh_city, tmp_path):
    """Write the first checkpoint of the city to a file, as an auditor keeps it."""
    (tmp_path / "kept").write_text(fresh_city.first)
    return ["--checkpoint", str(tmp_path / "kept")]


def codes(reported):
    return {entry["code"] for entry in reported}


def event_at(index):
    return rows(
        "SELECT e.seq, CAST(e.event_id AS text) AS id, e.body, e.subject_id FROM opensmartcity_event e "
        'JOIN opensmartcity_leaf l ON l.event_seq = e.seq WHERE l."index" = :index',
        index=index,
    )[0]


def test_an_untouched_ledger_fits(fresh_city, verify, kept):
    assert verify() == []
    assert verify(*kept) == []


def test_events_that_wait_for_their_checkpoint_fit_too(fresh_city, verify, kept):
    act("package_patch", id=fresh_city.datasets[0]["id"], fitness_limits="New limits")
    assert verify(*kept) == []
    act("package_patch", id=fresh_city.datasets[0]["id"], fitness_limits="")


def _altered(row):
    body = json.loads(row.body)
    body["changes"][-1]["after"] = "Never said"
    return canonical_bytes(body).decode()


def test_an_altered_event_is_named(fresh_city, verify):
    row = event_at(4)
    tamper("UPDATE opensmartcity_event SET body = :body WHERE seq = :seq", body=_altered(row), seq=row.seq)
    reported = verify()
    assert (reported[0]["code"], reported[0]["index"], reported[0]["event"]) == ("altered", 4, row.id)


def test_an_event_altered_with_leaf_and_tile_is_found_by_the_checkpoint(fresh_city, verify):
    row = event_at(4)
    body = _altered(row)
    hashed = leaf_hash(body.encode())
    tamper(
        "UPDATE opensmartcity_event SET body = :body WHERE seq = :seq",
        'UPDATE opensmartcity_leaf SET hash = :hash WHERE "index" = 4',
        "UPDATE opensmartcity_tile SET hashes = overlay(hashes PLACING :hash FROM 4 * 32 + 1) WHERE level = 0",
        body=body,
        seq=row.seq,
        hash=hashed,
    )
    reported = verify()
    assert "root" in codes(reported)
    assert "altered" not in codes(reported)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("action", "'purge'"),
        ("at", "at + interval '1 microsecond'"),
        ("subject_id", "'another'"),
        ("subject_type", "'algorithm'"),
        ("event_id", "gen_random_uuid()"),
        ("request", "gen_random_uuid()"),
        ("public", "NOT public"),
    ],
)
def test_an_altered_column_is_named(fresh_city, verify, column, value):
    tamper(f"UPDATE opensmartcity_event SET {column} = {value} WHERE seq = :seq", seq=event_at(4).seq)
    reported = verify()
    assert (reported[0]["code"], reported[0]["index"]) == ("columns", 4)
    assert f"“{column}”" in reported[0]["message"]


def test_a_deleted_event_is_named(fresh_city, verify):
    row = event_at(4)
    tamper(
        "DELETE FROM opensmartcity_actor WHERE event_seq = :seq",
        "DELETE FROM opensmartcity_event WHERE seq = :seq",
        seq=row.seq,
    )
    reported = verify()
    assert (reported[0]["code"], reported[0]["index"]) == ("deleted", 4)


def test_an_event_deleted_with_its_leaf_is_named(fresh_city, verify):
    row = event_at(4)
    tamper(
        'DELETE FROM opensmartcity_leaf WHERE "index" = 4',
        "DELETE FROM opensmartcity_actor WHERE event_seq = :seq",
        "DELETE FROM opensmartcity_event WHERE seq = :seq",
        seq=row.seq,
    )
    reported = verify()
    assert "missing" in codes(reported)
    assert "from index 4 to 4" in next(entry["message"] for entry in reported if entry["code"] == "missing")


INSERT = """
INSERT INTO opensmartcity_event (event_id, subject_id, subject_type, action, at, request, public, body)
SELECT CAST(:id AS uuid), subject_id, subject_type, action, at, request, public, :body FROM opensmartcity_event
WHERE seq = :seq
"""


def test_an_inserted_event_is_named(fresh_city, verify):
    row, new = event_at(4), "00000000-0000-0000-0000-000000000001"
    body = canonical_bytes({**json.loads(row.body), "id": new}).decode()
    tamper(INSERT, id=new, body=body, seq=row.seq)
    reported = verify()
    assert {("chain", new), ("actor", new)} <= {(entry["code"], entry["event"]) for entry in reported}


def test_swapped_events_are_named(fresh_city, verify):
    swap_bodies(event_at(3), event_at(4))
    reported = verify()
    swaps = [(entry["index"], entry["message"]) for entry in reported if entry["code"] == "swapped"]
    assert [index for index, _ in swaps] == [3, 4]
    assert "index 4" in swaps[0][1]


def test_swapped_leaves_are_found(fresh_city, verify):
    one, other = event_at(3), event_at(4)
    tamper(
        'UPDATE opensmartcity_leaf SET "index" = 999 WHERE "index" = 3',
        'UPDATE opensmartcity_leaf SET "index" = 3 WHERE "index" = 4',
        'UPDATE opensmartcity_leaf SET "index" = 4 WHERE "index" = 999',
    )
    assert {one.id, other.id} == {event_at(3).id, event_at(4).id}
    assert {"root", "tile"} <= codes(verify())


def test_a_renumbered_leaf_is_found(fresh_city, verify):
    tamper('UPDATE opensmartcity_leaf SET "index" = 99 WHERE "index" = 4')
    reported = verify()
    assert "from index 4 to 4" in next(entry["message"] for entry in reported if entry["code"] == "missing")


def test_a_renumbered_event_is_found(fresh_city, verify):
    first = rows(
        "SELECT min(seq) AS seq FROM opensmartcity_event WHERE subject_id = :id", id=fresh_city.datasets[0]["id"]
    )[0].seq
    tamper(
        "UPDATE opensmartcity_event SET seq = 999 WHERE seq = :seq",
        "UPDATE opensmartcity_leaf SET event_seq = 999 WHERE event_seq = :seq",
        "UPDATE opensmartcity_actor SET event_seq = 999 WHERE event_seq = :seq",
        seq=first,
    )
    reported = verify()
    assert codes(reported) == {"order"}


def test_an_altered_actor_is_named(fresh_city, verify):
    other = factories.User()["id"]
    row = rows("SELECT min(event_seq) AS seq FROM opensmartcity_actor")
    tamper("UPDATE opensmartcity_actor SET user_id = :user WHERE event_seq = :seq", user=other, seq=row[0].seq)
    assert codes(verify()) == {"actor"}


def test_forgetting_who_acted_breaks_no_proof(fresh_city, verify):
    tamper("UPDATE opensmartcity_actor SET user_id = NULL, salt = NULL")
    assert verify() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE opensmartcity_tile SET hashes = set_byte(hashes, 40, 255 - get_byte(hashes, 40))",
        "DELETE FROM opensmartcity_tile",
    ],
)
def test_an_altered_tile_is_named(fresh_city, verify, statement):
    tamper(statement)
    (finding,) = verify()
    assert (finding["code"], "Tile 0 of level 0" in finding["message"]) == ("tile", True)


def test_an_altered_checkpoint_is_named(fresh_city, verify):
    line = "chr(10) || size || chr(10), chr(10) || '1' || chr(10)"
    tamper(f"UPDATE opensmartcity_checkpoint SET note = replace(note, {line})")
    reported = verify()
    assert {"signature", "columns"} <= codes(reported)
    assert reported[0]["file"] == "opensmartcity_checkpoint"


def test_a_key_that_another_replaced_in_the_table_is_named(fresh_city, verify, tmp_path):
    other = signer.make_key(tmp_path / "other", "test.ckan.net/opensmartcity").key
    tamper("UPDATE opensmartcity_key SET key = :key", key=str(other))
    assert {"signing_key", "unknown_key", "no_checkpoint"} <= codes(verify())


def test_a_key_that_was_kept_is_believed_rather_than_the_table(fresh_city, verify, tmp_path):
    key = rows("SELECT key FROM opensmartcity_key")[0].key
    other = signer.make_key(tmp_path / "other", "test.ckan.net/opensmartcity").key
    assert verify("--key", key) == []
    assert "unknown_key" in codes(verify("--key", str(other)))


def test_an_altered_state_is_named(fresh_city, verify):
    dataset = fresh_city.datasets[0]
    tamper(
        "UPDATE opensmartcity_state SET answers = answers || jsonb_build_object('fitness_purpose', 'Never said') "
        "WHERE subject_id = :id",
        id=dataset["id"],
    )
    reported = verify()
    assert codes(reported) == {"state", "unrecorded"}
    assert dataset["name"] in reported[0]["message"]
    assert "fitness_purpose" in reported[0]["message"]


@pytest.mark.parametrize("column", ["labels", "inner_labels"])
def test_a_history_that_was_hidden_or_opened_past_the_portal_is_named(fresh_city, verify, run, column):
    private = fresh_city.datasets[2]
    tamper(f"UPDATE opensmartcity_state SET {column} = ARRAY['public', 'x'] WHERE subject_id = :id", id=private["id"])
    (finding,) = verify()
    assert (finding["code"], private["name"] in finding["message"]) == ("state", True)
    assert "Datasets whose permission labels or last days of keeping were updated: 1." in run("baseline").output
    assert verify() == []


def test_a_dataset_that_was_changed_past_the_portal_is_named(fresh_city, verify):
    dataset = fresh_city.datasets[0]
    text = slip_in(dataset["id"], "Slipped in")
    (finding,) = verify()
    slip_in(dataset["id"], text)
    assert finding["code"] == "unrecorded"
    assert dataset["name"] in finding["message"]


def test_a_log_built_anew_is_found_by_a_kept_checkpoint(fresh_city, verify, kept, key_file):
    tamper(
        *(f"TRUNCATE opensmartcity_{table} CASCADE" for table in ("leaf", "tile", "checkpoint", "head", "head_tile")),
        "UPDATE opensmartcity_event SET body = replace(body, 'Purpose 1', 'Purpose X')",
    )
    _rechain()
    HighWaterMark(key_file).path.unlink()
    sequencer.checkpoint()
    act("package_patch", id=fresh_city.datasets[0]["id"], fitness_limits="So that it grows")
    sequencer.checkpoint()
    assert codes(verify()) <= {"state", "unrecorded"}
    reported = verify(*kept)
    act("package_patch", id=fresh_city.datasets[0]["id"], fitness_limits="")
    assert "rebuilt" in codes(reported)
    assert "rebuilt" in next(entry["message"] for entry in reported if entry["code"] == "rebuilt")


def _rechain():
    """Renumber and rechain all events, as somebody who forges a whole log would."""
    last = {}
    for row in rows("SELECT seq, subject_id, body FROM opensmartcity_event ORDER BY seq"):
        body = {**json.loads(row.body), "previous": last.get(row.subject_id)}
        body["nonce"] = "f" * 32
        raw = canonical_bytes(body)
        last[row.subject_id] = leaf_hash(raw).hex()
        tamper(
            "UPDATE opensmartcity_event SET body = :body WHERE seq = :seq",
            "UPDATE opensmartcity_state SET last_hash = :hash WHERE subject_id = :id",
            body=raw.decode(),
            seq=row.seq,
            hash=leaf_hash(raw),
            id=row.subject_id,
        )


def test_a_restored_backup_is_found_by_a_kept_checkpoint(fresh_city, verify, tmp_path):
    act("package_patch", id=fresh_city.datasets[0]["id"], fitness_limits="After the backup")
    later = sequencer.checkpoint().signed
    (tmp_path / "later").write_text(str(later.note))
    act("package_patch", id=fresh_city.datasets[0]["id"], fitness_limits="")
    fresh_city.snapshot.restore()
    assert verify() == []
    (finding,) = verify("--checkpoint", str(tmp_path / "later"))
    assert finding["code"] == "shorter"
    assert "older backup" in finding["message"]


@pytest.mark.parametrize(
    ("name", "words"), [("none.pem", "cannot be read: No such file"), ("other.pem", "is not the one that has signed")]
)
def test_a_lost_or_wrong_key_is_named(fresh_city, verify, ckan_config, tmp_path, name, words):
    signer.make_key(tmp_path / "other.pem", "test.ckan.net/opensmartcity")
    ckan_config["ckanext.opensmartcity.signing_key"] = str(tmp_path / name)
    (finding,) = verify()
    assert finding["code"] == "signing_key"
    assert words in finding["message"]


@pytest.mark.ckan_config("ckan.auth.allow_dataset_collaborators", True)
@pytest.mark.usefixtures("fresh_city", "with_request_context")
def test_by_whatever_door_a_dataset_is_changed_its_record_fits_and_goes_on(verify, run):
    # With this option CKAN gives every dataset one more label.
    run("baseline")
    sysadmin, user = factories.Sysadmin(), factories.User()
    one, other = factories.Organization()["id"], factories.Organization()["id"]
    resources = [{"url": "https://data.example.org/a.csv"}]
    made = [factories.Dataset(owner_org=one, fitness_purpose="To know", resources=resources) for _ in range(3)]
    ids = [dataset["id"] for dataset in made]
    assert verify() == []
    for action in ("bulk_update_private", "bulk_update_public", "bulk_update_delete"):
        act(action, sysadmin, datasets=ids, org_id=one)
    act("package_update", sysadmin, id=ids[0], name=made[0]["name"], owner_org=one, license_id="cc-by", state="active")
    act("package_revise", sysadmin, match={"id": ids[0]}, update={"fitness_limits": "No nights"})
    act("package_owner_org_update", sysadmin, id=ids[0], organization_id=other)
    act("resource_create", sysadmin, package_id=ids[0], url="https://data.example.org/b.csv")
    act("package_collaborator_create", sysadmin, id=ids[0], user_id=user["id"], capacity="editor")
    act("organization_patch", sysadmin, id=other, title="Streets")
    act("dataset_purge", sysadmin, id=ids[1])
    act("organization_purge", sysadmin, id=one)
    assert verify() == []
    sequencer.checkpoint()
    run("forget-user", sysadmin["name"])
    assert verify() == []
    # CKAN 2.12 cannot purge a dataset that has collaborators.
    act("package_collaborator_delete", id=ids[0], user_id=user["id"])
    act("dataset_purge", id=ids[0])
    act("dataset_purge", id=ids[2])
    assert sequencer.checkpoint().added > 0
    assert verify() == []


def test_a_large_log_with_many_tiles_fits(verify):
    renew()
    append(700)
    sequencer.checkpoint()
    reported = verify()
    assert codes(reported) == set()
    assert StoredTiles(model.Session()).read_tiles([(1, 0)])


def test_a_missing_file_is_said_in_one_line(fresh_city, cli):
    result = cli.invoke(ckan_command, ["opensmartcity", "ledger", "verify", "--checkpoint", "/none"])
    assert result.exit_code != 0
    assert "/none: No such file" in result.output
    assert "Traceback" not in result.output
