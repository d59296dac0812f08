"""`ckan opensmartcity ledger …`: keys, checkpoints, key rotation and exports."""

import json

import pytest
from ckan.tests import factories
from ckanext.opensmartcity.cli.main import main
from ckanext.opensmartcity.ledger import sequencer, signer
from ckanext.opensmartcity.ledger.checks import check_key_file
from ckanext.opensmartcity.tlog.signed_note import parse_key
from click.testing import CliRunner
from ledger.conftest import append, rows, tamper
from support.ledger_events import act


def offline(*arguments):
    return CliRunner().invoke(main, ["verify", *map(str, arguments)])


def public_key():
    return rows("SELECT key FROM opensmartcity_key ORDER BY id DESC LIMIT 1")[0].key


@pytest.mark.usefixtures("empty_ledger")
class TestKeysAndCheckpoints:
    """From the first key to the next one."""

    def test_from_a_key_over_a_checkpoint_to_a_new_key(self, run, tmp_path, ckan_config):
        old, new, history = tmp_path / "old.pem", tmp_path / "new.pem", tmp_path / "history.jsonl"
        made = run("key", old)
        assert parse_key(made.stdout).name == "test.ckan.net/opensmartcity"
        assert old.stat().st_mode & 0o777 == 0o600
        ckan_config["ckanext.opensmartcity.signing_key"] = str(old)
        append(3)
        first = run("checkpoint")
        assert first.stdout.startswith("test.ckan.net/opensmartcity\n3\n")
        assert "3 events logged" in first.stderr
        assert "Nothing new to sign" in run("checkpoint").stderr
        run("key", new)
        append(2)
        rotated = run("rotate", new)
        assert rotated.stdout.startswith("test.ckan.net/opensmartcity\n5\n")
        assert rotated.stdout.count("\n— ") == 2
        ckan_config["ckanext.opensmartcity.signing_key"] = str(new)
        append(1)
        run("checkpoint")
        run("verify")
        run("export", history)
        keys = tmp_path / "keys"
        keys.write_text("\n".join(row.key for row in rows("SELECT key FROM opensmartcity_key")))
        assert offline(history, "--key", keys).exit_code == 0

    def test_a_file_that_is_there_is_no_place_for_a_key(self, run, tmp_path):
        (tmp_path / "taken").write_text("precious")
        assert "never replaced" in run("key", tmp_path / "taken", code=1).output
        assert (tmp_path / "taken").read_text() == "precious"

    @pytest.mark.parametrize(
        ("mode", "warned"),
        [(0o600, False), (0o640, False), (0o604, True), (0o644, True), (0o602, True), (0o666, True)],
    )
    def test_a_key_that_everybody_can_read_is_a_warning(self, run, tmp_path, ckan_config, caplog, mode, warned):
        key = tmp_path / "key"
        signer.make_key(key, "test.ckan.net/opensmartcity")
        key.chmod(mode)
        ckan_config["ckanext.opensmartcity.signing_key"] = str(key)
        with caplog.at_level("WARNING"):
            signer.read_signer(key, [])
        warnings = [record.getMessage() for record in caplog.records if str(key) in record.getMessage()]
        assert len(warnings) == warned
        assert all(f"chmod 600 {key}" in text for text in warnings)
        # The doctor, also in short when the portal starts, is stricter: nobody but CKAN needs the key.
        found = check_key_file()
        assert found.status == ("ok" if mode == 0o600 else "warning")
        assert mode == 0o600 or f"chmod 600 {key}" in found.remedy.render()

    def test_a_folder_that_is_not_there_is_no_place_for_a_key(self, run, tmp_path):
        assert "No such file or directory" in run("key", tmp_path / "none" / "key", code=1).output

    def test_without_a_configured_key_nothing_is_signed_and_it_says_so(self, run, ckan_config):
        ckan_config["ckanext.opensmartcity.signing_key"] = ""
        append(1)
        assert "signing_key is not set" in run("checkpoint", code=1).output
        assert rows("SELECT count(*) FROM opensmartcity_leaf")[0][0] == 1

    def test_a_wrong_key_is_named_in_one_line(self, run, ckan_config, tmp_path):
        append(1)
        run("checkpoint")
        run("key", tmp_path / "other")
        ckan_config["ckanext.opensmartcity.signing_key"] = str(tmp_path / "other")
        append(1)
        message = run("checkpoint", code=1).stderr.strip().splitlines()[-1]
        assert "is not the one that has signed so far" in message
        assert public_key().split("+")[1] in message

    def test_a_database_that_refuses_is_told_in_one_line(self, run, monkeypatch):
        append(1)
        tamper("ALTER TABLE opensmartcity_leaf ADD CONSTRAINT full_disk CHECK (false) NOT VALID")
        try:
            assert "The database refused: " in run("checkpoint", code=1).output
        finally:
            tamper("ALTER TABLE opensmartcity_leaf DROP CONSTRAINT full_disk")
        run("checkpoint")

    def test_before_the_first_checkpoint_there_is_nothing_to_export(self, run, tmp_path):
        assert "No checkpoint has been signed yet" in run("export", tmp_path / "file", code=1).output
        assert list(tmp_path.iterdir()) == []


class TestExport:
    """Exports verify offline and hold only events that their reader may see."""

    def test_the_whole_log_verifies_and_hides_what_is_private(self, fresh_city, run, tmp_path):
        run("export", tmp_path / "public")
        run("export", tmp_path / "all", "--everything")
        for name, hidden in (("public", 3), ("all", 0)):
            (tmp_path / "kept").write_text(fresh_city.first)
            result = offline(
                tmp_path / name, "--checkpoint", tmp_path / "kept", "--key", public_key(), "--format", "json"
            )
            answer = json.loads(result.stdout)
            assert (answer["verdict"], answer["hidden"], answer["events"] + hidden) == ("verified", hidden, 9)
        private = fresh_city.datasets[2]["id"]
        assert private not in (tmp_path / "public").read_text()
        assert private in (tmp_path / "all").read_text()

    def test_one_history_verifies_with_its_proofs(self, fresh_city, run, tmp_path):
        (tmp_path / "kept").write_text(fresh_city.first)
        run("export", tmp_path / "part", "--dataset", fresh_city.datasets[0]["name"], "--since", "3")
        kept = ["--checkpoint", tmp_path / "kept", "--key", public_key()]
        assert offline(tmp_path / "part", *kept).exit_code == 0
        run("export", tmp_path / "unlinked", "--dataset", fresh_city.datasets[0]["name"])
        assert "from_size=3" in offline(tmp_path / "unlinked", *kept).stdout

    def test_what_waits_for_its_checkpoint_is_told_apart(self, fresh_city, run, tmp_path):
        act("package_patch", id=fresh_city.datasets[0]["id"], fitness_limits="Just now")
        run("export", tmp_path / "part", "--dataset", fresh_city.datasets[0]["name"])
        result = offline(tmp_path / "part", "--key", public_key())
        act("package_patch", id=fresh_city.datasets[0]["id"], fitness_limits="")
        assert result.exit_code == 2
        assert "1 not yet in the log" in result.stderr
        assert "1 events are not in the log yet: nothing proves them." in result.stdout

    def test_a_doctored_row_is_named_by_the_auditor(self, fresh_city, run, tmp_path):
        tamper("UPDATE opensmartcity_event SET body = replace(body, 'Purpose 1', 'Purpose X')")
        run("export", tmp_path / "history")
        result = offline(tmp_path / "history", "--key", public_key())
        assert result.exit_code == 1
        event = rows("SELECT CAST(event_id AS text) AS id FROM opensmartcity_event WHERE body LIKE '%Purpose X%'")[0].id
        assert f"altered index 4 ({event})" in result.stdout

    def test_an_unknown_dataset_is_told_in_one_line(self, fresh_city, run, tmp_path):
        assert "There is no history of none" in run("export", tmp_path / "x", "--dataset", "none", code=1).output


def test_a_portal_of_today_verifies_from_end_to_end(run, tmp_path, empty_ledger):
    dataset = factories.Dataset()
    run("baseline")
    sequencer.checkpoint()
    run("verify")
    run("export", tmp_path / "history")
    assert dataset["id"] in (tmp_path / "history").read_text()
    assert offline(tmp_path / "history", "--key", public_key()).exit_code == 0
